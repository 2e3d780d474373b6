import { parsePromotionName } from '../../domain/index.ts';

/** What is known about a pull request that is to be opened. */
export interface Description {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly sourceBranch: string;
  readonly targetBranch: string;
}

/** What is known about the promotion that opens it. */
export interface Describer {
  readonly uiBaseUrl: string | undefined;
  readonly project: string;
  readonly stage: string;
  readonly promotion: string;
}

/**
 * Title and body of a pull request.
 *
 * Guarantees: pure. Title: as configured, else the first line of the commit message. Body: as configured; else the whole
 * message when a title is configured, else the message after its first line; put into the template, when there is one;
 * then a link to the user interface, when there is one.
 */
export function describePullRequest(
  config: Description,
  commitMessage: string,
  run: Describer,
  template?: string,
): { readonly title: string; readonly body: string } {
  // Hosts refuse an empty title; git takes the first line that is not blank for the subject.
  const message = commitMessage.replace(/^(?:[ \t\r]*\n)+/, '');
  const lineEnd = message.indexOf('\n');
  const firstLine = (lineEnd < 0 ? message : message.slice(0, lineEnd)).trim();
  const rest = lineEnd < 0 ? '' : message.slice(lineEnd + 1);
  const title = config.title ?? firstLine;
  const description = config.description ?? (config.title === undefined ? rest : commitMessage);
  const { project, stage, promotion, uiBaseUrl } = run;
  const { sourceBranch, targetBranch } = config;
  const values = {
    title,
    description: description.trim(),
    project,
    stage,
    promotion,
    sourceBranch,
    targetBranch,
  };
  const text = template === undefined ? description : fillTemplate(template, values);
  const link =
    uiBaseUrl === undefined
      ? ''
      : `\n\n[View in Gantry](${uiBaseUrl.replace(/\/$/, '')}/project/${project}/stage/${stage})`;
  return { title, body: `${text}${link}` };
}

/**
 * A template with its placeholders, as "{{ title }}", filled in; unknown ones stay as they are. A template without a
 * place for the description has it put in front.
 */
function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const placeholder = /\{\{\s*(?<name>\w+)\s*\}\}/g;
  const names = [...template.matchAll(placeholder)].map(({ groups }) => groups?.['name']);
  // One pass, so that what is filled in is never taken for a placeholder.
  const filled = template.replaceAll(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
  const description = values['description'] ?? '';
  return names.includes('description') || description === '' ? filled : `${description}\n\n${filled}`;
}

/**
 * Was a commit made by an older Promotion of the same Stage? Told by the header "promotion" of the commit, which holds
 * Project, Promotion and step, and by the ULIDs in the names of Promotions; a name that somebody has chosen tells nothing.
 */
export function isSuperseded(
  header: string | undefined,
  { project, promotion }: { readonly project: string; readonly promotion: string },
): boolean {
  const [olderProject, olderPromotion = ''] = header?.split('/') ?? [];
  if (olderProject !== project) return false;
  const older = parsePromotionName(olderPromotion);
  const newer = parsePromotionName(promotion);
  return (
    older !== undefined && newer !== undefined && older.prefix === newer.prefix && older.ulid < newer.ulid
  );
}
