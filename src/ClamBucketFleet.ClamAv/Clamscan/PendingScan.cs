namespace ClamBucketFleet.ClamAv;

/// <summary>One file that waits for clamscan's answer.</summary>
internal sealed class PendingScan(string path, long length)
{
    private readonly TaskCompletionSource<Verdict> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Path => path;

    /// <summary>Bytes that the content has.</summary>
    public long Length => length;

    public Task<Verdict> Answer => _answer.Task;

    /// <summary>Completes, without an exception of its own, when there is an answer or nobody waits for one.</summary>
    public Task Ended => _answer.Task.ContinueWith(
        static answer => answer.Exception,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Nobody waits any more; the file may be gone.</summary>
    public bool Abandoned => _answer.Task.IsCompleted;

    /// <summary>Whether an invocation has it.</summary>
    public bool IsStarted { get; set; }

    public void Abandon(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);

    public void Give(Verdict verdict) => _answer.TrySetResult(verdict);

    public void Fail(Exception exception) => _answer.TrySetException(exception);
}
