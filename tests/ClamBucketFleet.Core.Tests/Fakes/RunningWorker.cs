namespace ClamBucketFleet.Core.Tests.Fakes;

/// <summary>A worker and the watch over its engine, both at work until the test ends.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    private readonly Rig _rig;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watch;

    public RunningWorker(Rig rig, TimeSpan? untilEmptyFor = null, CancellationTokenSource? stop = null)
    {
        Stop = stop ?? new CancellationTokenSource();
        _rig = rig;
        _watch = rig.Fitness.RunAsync(rig.Consequences, rig.Liveness, _end.Token);
        Work = rig.Worker.RunAsync(rig.Queue.Facts, untilEmptyFor, Stop.Token, Abandon.Token);
    }

    public CancellationTokenSource Stop { get; }

    public CancellationTokenSource Abandon { get; } = new();

    public Task Work { get; }

    /// <summary>Returns when the worker has ended, with its exception where it has one.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _rig.RunClockUntilAsync(() => Work.IsCompleted, cancellationToken);
        await Work;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop.CancelAsync();
        await Abandon.CancelAsync();
        await _rig.RunClockUntilAsync(() => Work.IsCompleted, CancellationToken.None);
        await _end.CancelAsync();
        await _watch;
        Stop.Dispose();
        Abandon.Dispose();
        _end.Dispose();
    }
}
