/** `sheaf completion`. */
import { examples, oneOf, Option, type Define } from "../parse.js";
import { UsageError } from "../usage.js";

interface Flags {
  words?: string;
}

export const define: Define = (command, cli) => {
  command
    .addArgument(oneOf("[shell]", "which shell", Object.keys(scripts)))
    .addOption(new Option("--words <index>", "print what may stand at this place of the line that follows").hideHelp())
    .argument("[line...]")
    .addHelpText("after", "\nCommands, options, datasets, branches and tags are completed.");
  command.usage("[options] <bash|zsh|fish>");
  examples(
    command,
    ["sheaf completion bash >> ~/.bashrc", "Complete sheaf's commands in bash"],
    ["sheaf completion fish > ~/.config/fish/completions/sheaf.fish", "The same in fish"],
  );
  command.action(async (shell: string | undefined, line: string[], { words }: Flags) => {
    if (words === undefined && shell === undefined) throw new UsageError("say which shell: bash, zsh or fish");
    if (words === undefined) return void (await cli.out.write(scripts[shell ?? ""]));
    const { candidates } = await import("../candidates.js");
    for (const word of await candidates(cli, line, Number(words))) await cli.line(word);
  });
};

const scripts: Readonly<Record<string, string>> = {
  bash: `_sheaf() {
  local IFS=$'\\n'
  COMPREPLY=($(sheaf completion bash --words "$COMP_CWORD" -- "\${COMP_WORDS[@]}" 2>/dev/null))
}
complete -o default -F _sheaf sheaf
`,
  zsh: `#compdef sheaf
_sheaf() {
  local -a found
  found=("\${(@f)$(sheaf completion zsh --words $((CURRENT - 1)) -- "\${words[@]}" 2>/dev/null)}")
  [[ -n "$found" ]] && compadd -a found || _files
}
compdef _sheaf sheaf
`,
  fish: `function __sheaf_complete
  set -l line (commandline -opc) (commandline -ct)
  sheaf completion fish --words (math (count $line) - 1) -- $line 2>/dev/null
end
complete -c sheaf -a '(__sheaf_complete)'
`,
};
