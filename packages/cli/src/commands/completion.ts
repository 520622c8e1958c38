/** `sheaf completion`. */
import { examples, oneOf, type Define } from "../parse.js";

export const define: Define = (command, cli) => {
  command.addArgument(oneOf("<shell>", "which shell", Object.keys(scripts)));
  command.addHelpText("after", "\nCommands, options, datasets, branches and tags are completed.");
  examples(
    command,
    ["sheaf completion bash >> ~/.bashrc", "Complete sheaf's commands in bash"],
    ["sheaf completion fish > ~/.config/fish/completions/sheaf.fish", "The same in fish"],
  );
  command.action(async (shell: string) => {
    await cli.out.write(scripts[shell]);
  });
};

const scripts: Readonly<Record<string, string>> = {
  bash: `_sheaf() {
  local IFS=$'\\n'
  COMPREPLY=($(sheaf __complete "$COMP_CWORD" "\${COMP_WORDS[@]}" 2>/dev/null))
}
complete -o default -F _sheaf sheaf
`,
  zsh: `#compdef sheaf
_sheaf() {
  local -a found
  found=("\${(@f)$(sheaf __complete $((CURRENT - 1)) "\${words[@]}" 2>/dev/null)}")
  [[ -n "$found" ]] && compadd -a found || _files
}
compdef _sheaf sheaf
`,
  fish: `function __sheaf_complete
  set -l line (commandline -opc) (commandline -ct)
  sheaf __complete (math (count $line) - 1) $line 2>/dev/null
end
complete -c sheaf -a '(__sheaf_complete)'
`,
};
