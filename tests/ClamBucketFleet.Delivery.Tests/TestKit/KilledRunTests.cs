using ClamBucketFleet.TestKit;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.TestKit;

public sealed class KilledRunTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_test_run_that_is_killed_leaves_neither_process_nor_directory()
    {
        await using var run = await KilledRun.StartAsync(nameof(The_run_to_kill), Cancellation);
        var (clamd, configuration) = (run.Facts[0], run.Facts[1]);

        run.Kill();

        await Eventually.UntilAsync(() => !IsAlive(clamd), TimeSpan.FromSeconds(10), Cancellation);
        await Eventually.UntilAsync(() => !Directory.Exists(configuration), TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact(Explicit = true)]
    public async Task The_run_to_kill()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await KilledRun.TellAndWaitAsync(Cancellation, $"{clamd.Pid}", clamd.TemporaryDirectory);
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
