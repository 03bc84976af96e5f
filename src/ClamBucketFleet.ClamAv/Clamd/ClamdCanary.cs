namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Whether clamd still finds what it must. Where its temporary directory has room for an object but for nothing more
/// (the last inode, the last block), clamd says <c>OK</c> to anything, EICAR included; so a clean answer counts only
/// when EICAR is found after it. Those who wait at the same time share one scan.
/// </summary>
internal sealed class ClamdCanary(ClamdClient client, Func<bool> isBusy, TimeProvider time)
{
    // While others are being scanned, their answers are about to wait as well: one scan of EICAR does for all of them.
    // Where it takes long, as with large definitions, it is made the more seldom.
    private const int TimesItsDuration = 40;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;
    private TaskCompletionSource _urgent = NobodyIsUrgent();
    private TimeSpan _duration;

    /// <summary>Waits for a scan of EICAR that begins after this call.</summary>
    /// <param name="isAtOnce">Whether it begins without waiting for others.</param>
    /// <param name="cancellationToken">Ends the wait, not the scan.</param>
    /// <exception cref="ScannerUnavailableException">It was not found.</exception>
    /// <exception cref="TryAgainException">There was no answer.</exception>
    public Task ConfirmAsync(bool isAtOnce, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _next ??= RunAfterAsync(_running, _urgent.Task);
            if (isAtOnce)
                _urgent.TrySetResult();
            return _next.WaitAsync(cancellationToken);
        }
    }

    private async Task RunAfterAsync(Task earlier, Task urgent)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var linger = TimesItsDuration * _duration is var enough && enough < Longest ? enough : Longest;
        var waited = TimeSpan.Zero;
        for (; isBusy() && !urgent.IsCompleted && (waited == TimeSpan.Zero || waited < linger); waited += Step)
            await Task.WhenAny(Task.Delay(Step, time), urgent);
        lock (_lock)
            (_running, _next, _urgent) = (_next!, null, NobodyIsUrgent());

        var began = time.GetTimestamp();
        var archive = EicarFile.Zip();
        using var content = new MemoryStream(archive, writable: false);
        if (await client.ScanAsync(content, archive.Length, CancellationToken.None) is not Infected)
        {
            throw new EngineWrongException(
                $"clamd on {client.Address} called an object clean, but then did not find the EICAR test file: is its " +
                "TemporaryDirectory full, or out of inodes? Is ScanArchive on? Do its definitions hold a signature for EICAR?");
        }

        _duration = time.GetElapsedTime(began);
    }

    private static TaskCompletionSource NobodyIsUrgent() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
