using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Aws.Instance;

/// <summary>
/// Listens for the instance's end: asks every monitor, again and again. A metadata service that is away or in trouble
/// is no notice.
/// </summary>
/// <param name="metadata">Whose documents the monitors read.</param>
/// <param name="monitors">One for each place where a notice may stand.</param>
/// <param name="logger">Hears of what lasts, once.</param>
/// <param name="time">The clock.</param>
public sealed class InterruptionWatch(
    InstanceMetadata metadata,
    IReadOnlyList<InterruptionMonitor> monitors,
    ILogger<InterruptionWatch> logger,
    TimeProvider time)
{
    /// <summary>AWS recommends it: of a Spot instance's two minutes little is lost.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Where nobody has ever answered, it is hardly EC2.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private const int RoundsToMention = 4;

    private readonly HashSet<string> _mentioned = [];
    private int _roundsFailed;

    /// <summary>Looks until it is told to stop.</summary>
    /// <param name="heard">Told of every notice in every round for as long as it stands.</param>
    /// <param name="identified">Told the instance's id, once.</param>
    /// <param name="liveness">Hears of every round.</param>
    /// <param name="cancellationToken">Tells it to stop.</param>
    public async Task RunAsync(
        Func<Notice, CancellationToken, Task> heard, Action<string> identified, Liveness liveness, CancellationToken cancellationToken)
    {
        using var pulse = liveness.Watch("The watch for the instance's end");
        var wait = new Backoff(Interval, LongestWait);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                pulse.Begins("asking the instance metadata", Liveness.Requests);
                if (metadata.HasAnswered || await IsThereAsync(identified, cancellationToken).ConfigureAwait(false))
                    await LookAsync(heard, cancellationToken).ConfigureAwait(false);
                var pause = metadata.HasAnswered ? Interval : wait.Next();
                pulse.Begins("waiting for its next look", pause + Liveness.Margin);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Asks every monitor once.</summary>
    public async Task LookAsync(Func<Notice, CancellationToken, Task> heard, CancellationToken cancellationToken)
    {
        string? trouble = null;
        foreach (var monitor in monitors)
        {
            try
            {
                if (await monitor.LookAsync(cancellationToken).ConfigureAwait(false) is { } notice)
                    await heard(notice, cancellationToken).ConfigureAwait(false);
            }
            catch (ServiceUnreachableException e)
            {
                trouble = e.Message;
            }
            catch (TryAgainException e)
            {
                if (_mentioned.Add(e.Message))
                    logger.NoticeUnreadable(e.Message);
            }
        }

        Note(trouble);
    }

    private async Task<bool> IsThereAsync(Action<string> identified, CancellationToken cancellationToken)
    {
        try
        {
            if (await metadata.ReadAsync("instance-id", cancellationToken).ConfigureAwait(false) is { Length: > 0 } id)
                identified(id.Trim());
            return true;
        }
        catch (ServiceUnreachableException e)
        {
            if (_mentioned.Add(""))
                logger.NoInstanceMetadata(e.Message);
            return false;
        }
    }

    // A single answer that fails is the service's everyday life.
    private void Note(string? trouble)
    {
        if (trouble is not null)
        {
            if (++_roundsFailed == RoundsToMention)
                logger.MetadataAway(trouble);
            return;
        }

        if (_roundsFailed >= RoundsToMention)
            logger.MetadataBack();
        _roundsFailed = 0;
    }
}
