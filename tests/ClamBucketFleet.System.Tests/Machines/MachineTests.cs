using ClamBucketFleet.TestKit;
using Xunit;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>Tests on machines of their own. Where one fails, what its machines said comes with it.</summary>
public abstract class MachineTests(World world) : IAsyncDisposable
{
    /// <summary>For one test in milliseconds; a machine boots in a second or two, on a busy host in ten.</summary>
    protected const int Limit = 240_000;

    /// <summary>For one thing to happen.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int LinesShown = 200;

    private readonly List<Machine> _machines = [];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected World World { get; } = world;

    public async ValueTask DisposeAsync()
    {
        var failed = TestContext.Current.TestState?.Result == TestResult.Failed;
        foreach (var machine in _machines)
        {
            if (failed) await TellAsync(machine);
            await machine.DisposeAsync();
        }
        await DisposeMoreAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual ValueTask DisposeMoreAsync() => ValueTask.CompletedTask;

    /// <summary>A machine that is not booted yet.</summary>
    private protected async Task<Machine> PrepareAsync(
        IReadOnlyList<string> layers, string name = "scanner", Network? network = null)
    {
        var machine = await Machine.PrepareAsync(name, layers, network ?? World.Network, Cancellation);
        _machines.Add(machine);
        return machine;
    }

    private protected static Task UntilAsync(Func<Task<bool>> condition, Func<string>? state = null)
        => UntilAsync(condition, Patience, state);

    private protected static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan within, Func<string>? state = null)
    {
        try
        {
            await Eventually.UntilAsync(_ => condition(), within, Cancellation);
        }
        catch (TimeoutException e) when (state is not null)
        {
            throw new TimeoutException($"Not within {within}: {state()}", e);
        }
    }

    private static async Task TellAsync(Machine machine)
    {
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine($"--- console of {machine.Name}\n{machine.Console}");
        if (!machine.IsRunning) return;

        var journal = await machine.Inside("journalctl", "--no-pager", "--output=short-precise", $"--lines={LinesShown}")
            .RunAsync(CancellationToken.None);
        output?.WriteLine($"--- journal of {machine.Name}\n{journal.Output}{journal.Error}");
    }
}
