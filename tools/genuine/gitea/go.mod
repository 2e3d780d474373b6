// Names the Gitea that is built; it is built as its own main module, so that its replacements count.
module gantry.invalid/tools/genuine/gitea

go 1.24.0

require code.gitea.io/gitea v1.26.0
