using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>The verbs of the executable, and what happens around each of them.</summary>
internal static class CommandLine
{
    private const string Examples = """
        Examples:
          clambucketfleet check
          clambucketfleet run --config fleet.json
          clambucketfleet scan s3://uploads/invoice.pdf
          CLAMBUCKETFLEET_Queue__Url=https://… clambucketfleet run --drain

        Any setting can be given as --Section:Key=value, for example --Scan:Engine=clamscan.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var (settings, rest) = SettingArguments.Split(args);

            // What scripts ask most: to describe every verb to the parser takes longer than the answer.
            return await (rest is ["version"]
                ? VersionReport.PrintAsync(null, settings, json: false, CancellationToken.None)
                : InvokeAsync(settings, rest)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await SayAsync("interrupted").ConfigureAwait(false);
            return ExitCode.TryAgain;
        }
        catch (Exception e)
        {
            var code = ExitCode.Of(e);
            var text = e is IOException ? $"reading or writing failed: {e.Message}"
                : code == ExitCode.Internal ? $"internal failure: {e}" : e.Message;
            await SayAsync(text.Split('\n')).ConfigureAwait(false);
            return code;
        }
    }

    private static async Task<int> InvokeAsync(IReadOnlyDictionary<string, string?> settings, string[] args)
    {
        // No @response files: a key may begin with an @.
        var parsed = Root(settings).Parse(
            args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (UsageErrors(parsed, args) is { Length: > 0 } errors)
        {
            await SayAsync([.. errors, "try 'clambucketfleet --help'."]).ConfigureAwait(false);
            return ExitCode.BadUsage;
        }

        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false };

        // The daemon has its own way to end.
        if (parsed.CommandResult.Command is RunCommand)
            invocation.ProcessTerminationTimeout = null;
        return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
    }

    private static string[] UsageErrors(ParseResult parsed, string[] args)
    {
        if (parsed.Action is HelpAction or HelpWithExamples)
            return [];

        // The parser takes an option that it does not know for the argument.
        var verb = parsed.CommandResult.Command.Name;
        var unknown = args.Contains("--") ? [] : parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(token => token.Value is ['-', _, ..])
            .Select(token => $"{verb} has no option '{SafeText.Escape(token.Value)}'; a file of that name goes behind --.")
            .ToArray();
        return unknown.Length > 0 ? unknown : [.. parsed.Errors.Select(error => SafeText.Escape(error.Message))];
    }

    private static async Task SayAsync(params IEnumerable<string> lines)
    {
        foreach (var line in lines)
            await Console.Error.WriteLineAsync($"clambucketfleet: {SafeText.Printable(line.TrimEnd('\r'))}").ConfigureAwait(false);
    }

    private static RootCommand Root(IReadOnlyDictionary<string, string?> settings)
    {
        var config = new Option<string?>("--config")
        {
            Description = "A configuration file, read after /etc/clambucketfleet/clambucketfleet.json.",
            HelpName = "file",
            Recursive = true,
        };
        var root = new RootCommand("Antivirus for S3 buckets: takes notifications from one queue, scans with ClamAV, acts, alerts.")
        {
            config,
            new RunCommand(config, settings),
            new ScanCommand(config, settings),
            new CheckCommand(config, settings),
            new DefinitionsCommand(config, settings),
            new VersionCommand(config, settings),
        };

        var version = root.Options.OfType<VersionOption>().Single();
        version.Action = new PlainVersion();
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        return root;
    }

    /// <summary>The usual help, and what people copy from it.</summary>
    private sealed class HelpWithExamples(HelpAction help, string examples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            var text = parseResult.CommandResult.Command is IHasExamples command ? command.Examples : examples;
            parseResult.InvocationConfiguration.Output.WriteLine(text);
            return ExitCode.Done;
        }
    }

    private sealed class PlainVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"clambucketfleet {VersionReport.Program}");
            return ExitCode.Done;
        }
    }
}

/// <summary>A verb whose help ends with examples.</summary>
internal interface IHasExamples
{
    string Examples { get; }
}
