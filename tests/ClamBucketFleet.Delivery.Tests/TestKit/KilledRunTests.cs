using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.TestKit;

public sealed class KilledRunTests
{
    private const string NoteVariable = "KILLED_RUN_NOTE";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_test_run_that_is_killed_leaves_neither_process_nor_directory()
    {
        using var directory = new TemporaryDirectory();
        var note = directory.Combine("note");
        var run = new Command(Environment.ProcessPath!,
            "--explicit", "only", "--filter-method", $"*.{nameof(The_run_to_kill)}", "--results-directory", directory.Path)
        {
            Environment = new Dictionary<string, string?> { [NoteVariable] = note },
        };
        await using var process = run.Start();
        await Eventually.UntilAsync(() => File.Exists(note) || process.HasExited, TimeSpan.FromSeconds(30), Cancellation);
        File.Exists(note).ShouldBeTrue($"{process.Output}{process.Error}");
        var (clamd, configuration) = (File.ReadAllLines(note)[0], File.ReadAllLines(note)[1]);

        // Not the whole tree: what the run started is the matter here.
        process.Send(Signal.Kill);

        await Eventually.UntilAsync(() => !IsAlive(clamd), TimeSpan.FromSeconds(10), Cancellation);
        await Eventually.UntilAsync(() => !Directory.Exists(configuration), TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact(Explicit = true)]
    public async Task The_run_to_kill()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        var note = Environment.GetEnvironmentVariable(NoteVariable) ?? throw new InvalidOperationException(NoteVariable);
        await File.WriteAllLinesAsync($"{note}.new", [$"{clamd.Pid}", clamd.TemporaryDirectory], Cancellation);
        File.Move($"{note}.new", note);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Cancellation);
    }

    private static bool IsAlive(string processId)
    {
        try
        {
            return !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
