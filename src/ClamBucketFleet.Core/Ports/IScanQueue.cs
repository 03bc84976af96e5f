namespace ClamBucketFleet;

/// <summary>The scan queue. Failures are <see cref="TryAgainException"/> and its kinds.</summary>
public interface IScanQueue
{
    /// <summary>
    /// Long polling for at most <c>Queue:WaitTime</c>; each message is leased for <c>Queue:VisibilityTimeout</c>.
    /// </summary>
    /// <param name="max">1 to 10 messages.</param>
    /// <param name="cancellationToken">Ends the poll at once.</param>
    /// <exception cref="FatalConfigurationException">The queue does not exist.</exception>
    /// <exception cref="ServiceUnreachableException">The service is away or throttles.</exception>
    Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int max, CancellationToken cancellationToken);

    /// <summary>The message becomes visible again after <paramref name="after"/> from now; zero hands it back.</summary>
    /// <exception cref="LeaseLostException">The receipt is not valid any more.</exception>
    Task ChangeVisibilityAsync(QueueMessage message, TimeSpan after, CancellationToken cancellationToken);

    /// <summary>Deletes up to 10 messages for good.</summary>
    /// <returns>
    /// Those that the service refused to delete for a reason that may pass, so that the call is worth repeating. A
    /// receipt that is not valid any more counts as deleted: the message is somebody else's now.
    /// </returns>
    Task<IReadOnlyList<QueueMessage>> DeleteAsync(
        IReadOnlyList<QueueMessage> messages,
        CancellationToken cancellationToken);

    /// <summary>Puts messages on the queue. Returns when the service has taken all of them.</summary>
    Task SendAsync(IReadOnlyList<string> bodies, CancellationToken cancellationToken);

    /// <summary>What the queue says of itself.</summary>
    /// <exception cref="FatalConfigurationException">The queue does not exist.</exception>
    Task<QueueFacts> DescribeAsync(CancellationToken cancellationToken);
}

/// <summary>One delivery of a message.</summary>
/// <param name="Id">The message, the same in every delivery.</param>
/// <param name="ReceiptHandle">This delivery.</param>
/// <param name="Body">Never logged.</param>
/// <param name="ReceiveCount">1 for the first delivery.</param>
/// <param name="SentAt">When it was put on the queue.</param>
public sealed record QueueMessage(string Id, string ReceiptHandle, string Body, int ReceiveCount, DateTimeOffset SentAt);

/// <summary>What the scan queue says of itself.</summary>
/// <param name="MaxReceiveCount">Deliveries before a message goes to the dead-letter queue; null without one.</param>
/// <param name="DeadLetterArn">The dead-letter queue; null without one.</param>
/// <param name="Waiting">Messages that wait, approximately.</param>
/// <param name="InFlight">Messages that somebody has, approximately.</param>
public sealed record QueueFacts(int? MaxReceiveCount, string? DeadLetterArn, long Waiting, long InFlight);
