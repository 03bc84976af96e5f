using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

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
        var (settings, rest) = SettingArguments.Split(args);
        var root = Root(settings);

        // No @response files: a key may begin with an @.
        var parsed = root.Parse(rest, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"clambucketfleet: {SafeText.Escape(error.Message)}").ConfigureAwait(false);
            await Console.Error.WriteLineAsync("Try: clambucketfleet --help").ConfigureAwait(false);
            return ExitCode.BadUsage;
        }

        try
        {
            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false };

            // The daemon has its own way to end.
            if (parsed.CommandResult.Command is RunCommand)
                invocation.ProcessTerminationTimeout = null;
            return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("clambucketfleet: interrupted").ConfigureAwait(false);
            return ExitCode.TryAgain;
        }
        catch (Exception e)
        {
            var code = ExitCode.Of(e);
            var text = code == ExitCode.Internal ? $"internal failure: {e}" : e.Message;
            foreach (var line in text.Split('\n'))
                await Console.Error.WriteLineAsync($"clambucketfleet: {SafeText.Escape(line.TrimEnd('\r'))}").ConfigureAwait(false);
            return code;
        }
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
            parseResult.InvocationConfiguration.Output.WriteLine($"clambucketfleet {VersionCommand.Program}");
            return ExitCode.Done;
        }
    }
}

/// <summary>A verb whose help ends with examples.</summary>
internal interface IHasExamples
{
    string Examples { get; }
}
