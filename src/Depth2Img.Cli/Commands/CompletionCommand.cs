using System.CommandLine;

namespace Depth2Img.Cli.Commands;

/// <summary><c>depth2img completion</c>: a script that lets a shell complete commands, options and values. The script asks the program itself, by its <c>[suggest]</c> directive, so it never grows old.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _depth2img() {
            local IFS=$'\n'
            COMPREPLY=( $(compgen -W "$(depth2img "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o default -F _depth2img depth2img
        """;

    private const string Zsh = """
        #compdef depth2img
        _depth2img() {
            local -a suggestions
            suggestions=("${(@f)$(depth2img "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a suggestions
            _files
        }
        compdef _depth2img depth2img
        """;

    private const string Fish = """
        complete -c depth2img -a '(depth2img "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName depth2img -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            depth2img "[suggest:$cursorPosition]" "$commandAst" 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    public static Command Create(TextWriter output)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh, fish or powershell." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");
        Command command = new("completion", "Print a script that completes depth2img's commands in a shell.") { shell };
        command.SetAction(arguments => output.WriteLine(arguments.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        }));
        return command;
    }
}
