/**
 * Title and body of a pull request.
 *
 * Guarantees: pure. Title: as configured, else the first line of the commit message. Body: as configured; else the whole
 * message when a title is configured, else the message after its first line; then a link to the user interface, when
 * there is one.
 */
export function describePullRequest(
  config: { readonly title?: string | undefined; readonly description?: string | undefined },
  commitMessage: string,
  run: { readonly uiBaseUrl: string | undefined; readonly project: string; readonly stage: string },
): { readonly title: string; readonly body: string } {
  const lineEnd = commitMessage.indexOf('\n');
  const firstLine = lineEnd < 0 ? commitMessage : commitMessage.slice(0, lineEnd);
  const rest = lineEnd < 0 ? '' : commitMessage.slice(lineEnd + 1);
  const text = config.description ?? (config.title === undefined ? rest : commitMessage);
  const link =
    run.uiBaseUrl === undefined
      ? ''
      : `\n\n[View in Gantry](${run.uiBaseUrl.replace(/\/$/, '')}/project/${run.project}/stage/${run.stage})`;
  return { title: config.title ?? firstLine, body: `${text}${link}` };
}
