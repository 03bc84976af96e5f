using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary>What a person at a terminal sees, and a program that reads a pipe does not.</summary>
public sealed class TerminalTests(ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;
    private const char Escape = '\u001b';

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly Stage _stage = new Stage().With(clamd.Server)
        .Set("AWS_ACCESS_KEY_ID", "test").Set("AWS_SECRET_ACCESS_KEY", "test").Set("AWS_REGION", "eu-west-1")
        .Set("TERM", "xterm-256color").Set("NO_COLOR", "");

    public void Dispose() => _stage.Dispose();

    [Fact(Timeout = Limit)]
    public async Task A_pipe_gets_no_escape_sequences()
    {
        var path = _stage.Directory.Write("eicar.com", Eicar.Bytes);

        var scan = await _stage.RunAsync("scan", path);
        var check = await _stage.RunAsync("check");

        (scan.Output + scan.Error + check.Output + check.Error).ShouldNotContain(Escape);
    }

    [Fact(Timeout = Limit)]
    public async Task A_terminal_gets_a_verdict_in_colour()
    {
        var path = _stage.Directory.Write("eicar.com", Eicar.Bytes);
        (await OnTerminalAsync("scan", path)).ShouldContain($"{Escape}[");
    }

    [Theory(Timeout = Limit)]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    public async Task A_terminal_whose_user_wants_plain_text_gets_it(string variable, string value)
    {
        var path = _stage.Directory.Write("eicar.com", Eicar.Bytes);
        _stage.Set(variable, value);

        var shown = await OnTerminalAsync("scan", path);

        shown.ShouldContain($"INFECTED {path}");
        shown.ShouldNotContain(Escape);
    }

    [Fact(Timeout = Limit)]
    public async Task A_large_object_has_a_bar_with_rate_and_time_left()
    {
        var go = new TaskCompletionSource();
        using var s3 = LoopbackAws.Halting(new byte[16 << 20], () => go.Task);
        _stage.Set("AWS_ENDPOINT_URL", s3.Endpoint);
        await using var scan = OnTerminal("scan", "s3://bucket/key").Start();

        await Eventually.UntilAsync(() => Shown().Contains("MB/s", StringComparison.Ordinal), Soon, Stage.Cancellation);
        var bar = Shown();
        go.SetResult();

        (await scan.WaitForExitAsync(Stage.Cancellation)).ShouldBe(0, Shown());
        bar.ShouldContain("s3://bucket/key");
        bar.ShouldMatch("[0-9.]+/1[67][0-9.]* MB");
        bar.ShouldMatch("[0-9-]{1,2}:[0-9-]{2}:[0-9-]{2}");
    }

    [Fact(Timeout = Limit)]
    public async Task No_bar_is_shown_where_no_colour_is_wanted()
    {
        using var s3 = LoopbackAws.Halting(new byte[16 << 20], () => Task.CompletedTask);
        _stage.Set("AWS_ENDPOINT_URL", s3.Endpoint).Set("NO_COLOR", "1");

        var shown = await OnTerminalAsync("scan", "s3://bucket/key");

        shown.ShouldContain("CLEAN s3://bucket/key");
        shown.ShouldNotContain(Escape);
        shown.ShouldNotContain("MB/s");
    }

    private async Task<string> OnTerminalAsync(params string[] arguments)
    {
        await OnTerminal(arguments).RunAsync(Stage.Cancellation);
        return Shown();
    }

    // script(1) is a terminal that writes down what it shows.
    private Command OnTerminal(params string[] arguments) => _stage.Shell(
        """exec script --quiet --return --flush --command "exec $(printf "'%s' " "$@")" typescript > /dev/null""",
        arguments);

    private string Shown()
    {
        var path = _stage.Directory.Combine("typescript");
        if (!File.Exists(path))
            return "";
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
