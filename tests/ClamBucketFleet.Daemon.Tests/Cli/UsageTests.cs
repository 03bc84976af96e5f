using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary>What is wrong with a command line ends with 64, and one line says what.</summary>
public sealed class UsageTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly Stage _stage = new();

    public static TheoryData<string[], string> WrongCommandLines => new()
    {
        { [], "Required command was not provided." },
        { ["frobnicate"], "'frobnicate'" },
        { ["run", "--frobnicate"], "'--frobnicate'" },
        { ["run", "--drain", "--idle", "soon"], "--idle is 'soon': allowed is a duration such as 500ms, 30s" },
        { ["scan"], "Required argument 's3://bucket/key | path' missing" },
        { ["scan", "--frobnicate"], "scan has no option '--frobnicate'" },
        { ["scan", "--frobnicate", "some.file"], "scan has no option '--frobnicate'" },
        { ["scan", "one", "two"], "'two'" },
        { ["scan", "some.file", "--apply"], "--apply and --version-id go with s3://bucket/key" },
        { ["scan", "some.file", "--version-id", "v1"], "--apply and --version-id go with s3://bucket/key" },
        { ["scan", "s3://bucket"], "'s3://bucket' names no object: write s3://bucket/key." },
        { ["scan", "s3://bucket/"], "'s3://bucket/' names no object" },
        { ["scan", "s3:///key"], "'s3:///key' names no object" },
        { ["check", "--Scan:Engine"], "--Scan:Engine has no value: write --Scan:Engine=value." },
        { ["check", "\u001b[31m"], "'\\u001b[31m'" },
    };

    public void Dispose() => _stage.Dispose();

    [Theory(Timeout = Limit)]
    [MemberData(nameof(WrongCommandLines))]
    public async Task A_wrong_command_line_ends_with_64_and_says_what_is_wrong(string[] arguments, string said)
    {
        var result = await _stage.RunAsync(arguments);

        result.ExitCode.ShouldBe(64, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain(said);
        result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(line => line.StartsWith("clambucketfleet: ", StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData]
    [InlineData("run")]
    [InlineData("scan")]
    [InlineData("check")]
    [InlineData("version")]
    public async Task The_help_of_each_verb_has_examples(params string[] verb)
    {
        var result = await _stage.RunAsync([.. verb, "--help"]);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldBeEmpty();
        var examples = result.Output[result.Output.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n');
        examples[1].ShouldStartWith($"  clambucketfleet {(verb.Length == 0 ? "check" : verb[0])}");
        result.Output.ShouldNotContain('\u001b');
    }
}
