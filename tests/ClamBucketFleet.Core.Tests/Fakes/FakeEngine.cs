namespace ClamBucketFleet.Core.Tests.Fakes;

/// <summary>Reads everything and finds what the test says; nothing by default.</summary>
internal sealed class FakeEngine : IScanEngine
{
    private int _scans;
    private int _described;

    public string[] Finds { get; set; } = [];

    public EngineInfo Info { get; set; } = Some.Engine;

    /// <summary>Whether it says that it read everything, and read nothing.</summary>
    public bool Lies { get; set; }

    public Exception? Broken { get; set; }

    public Func<Stream, CancellationToken, Task> OnScan { get; set; } = (_, _) => Task.CompletedTask;

    public Func<CancellationToken, Task> OnDescribe { get; set; } = _ => Task.CompletedTask;

    /// <summary>How well it says it is fed.</summary>
    public ScanLoad Load { get; set; }

    /// <summary>Stands before contents of this length.</summary>
    public Func<long, CancellationToken, Task> OnTurn { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Completed when it answers after a silence.</summary>
    public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Scans => Volatile.Read(ref _scans);

    public int Described => Volatile.Read(ref _described);

    public async Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _scans);
        await OnScan(content, cancellationToken);
        if (Lies)
            return EngineAnswer.NothingFound(length, length);

        var buffer = new byte[16];
        long read = 0;
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            read += count;
        return Finds.Length > 0 ? EngineAnswer.Found(Finds) : EngineAnswer.NothingFound(read, length);
    }

    public async ValueTask<IDisposable?> TurnAsync(long length, CancellationToken cancellationToken)
    {
        await OnTurn(length, cancellationToken);
        return null;
    }

    public Task AnsweredAsync(CancellationToken cancellationToken) => Answered.Task.WaitAsync(cancellationToken);

    public async Task<EngineInfo> DescribeAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _described);
        await OnDescribe(cancellationToken);
        return Broken is null ? Info : throw Broken;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
