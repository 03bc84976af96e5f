using System.Collections.Concurrent;

namespace ClamBucketFleet.Core.Tests.Fakes;

/// <summary>A queue in memory; its long poll waits on the given clock.</summary>
internal sealed class FakeQueue(TimeProvider time) : IScanQueue
{
    private readonly Lock _lock = new();
    private readonly Queue<QueueMessage> _waiting = [];
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many messages each receive asked for.</summary>
    public ConcurrentQueue<int> Asked { get; } = [];

    public ConcurrentQueue<(string Id, TimeSpan After)> Visibility { get; } = [];

    public ConcurrentQueue<string[]> Deletes { get; } = [];

    /// <summary>What the program itself put on the queue.</summary>
    public ConcurrentQueue<string> Sent { get; } = [];

    public Func<Exception?> SendFailure { get; set; } = () => null;

    public Func<Exception?> ReceiveFailure { get; set; } = () => null;

    /// <summary>Stands before every receive, whatever its token says.</summary>
    public Func<Task> OnReceive { get; set; } = () => Task.CompletedTask;

    /// <summary>Stands before every receive, and ends with its token.</summary>
    public Func<CancellationToken, Task> OnPoll { get; set; } = _ => Task.CompletedTask;

    /// <summary>Stands before every delete.</summary>
    public Func<Task> OnDeleteBegins { get; set; } = () => Task.CompletedTask;

    public Func<QueueMessage, TimeSpan, CancellationToken, Task> OnVisibility { get; set; } = (_, _, _) => Task.CompletedTask;

    public Func<IReadOnlyList<QueueMessage>, IReadOnlyList<QueueMessage>> OnDelete { get; set; } = _ => [];

    public QueueFacts Facts { get; set; } = new(3, "arn:aws:sqs:eu-west-1:123456789012:dead", 0, 0);

    public IEnumerable<string> Deleted => Deletes.SelectMany(batch => batch);

    public IEnumerable<(string Id, TimeSpan After)> Returned(TimeSpan lease) => Visibility.Where(v => v.After != lease);

    public void Send(params QueueMessage[] messages)
    {
        lock (_lock)
        {
            foreach (var message in messages)
                _waiting.Enqueue(message);
            _arrived.TrySetResult();
        }
    }

    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        Asked.Enqueue(max);
        if (ReceiveFailure() is { } failure)
            throw failure;

        await OnReceive();
        await OnPoll(cancellationToken);
        var pollEnds = Task.Delay(TimeSpan.FromSeconds(20), time, cancellationToken);
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                var received = new List<QueueMessage>();
                while (received.Count < max && _waiting.TryDequeue(out var message))
                    received.Add(message);
                if (received.Count > 0 || pollEnds.IsCompletedSuccessfully)
                    return received;
                _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrived = _arrived.Task;
            }

            await Task.WhenAny(arrived, pollEnds);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task ChangeVisibilityAsync(QueueMessage message, TimeSpan after, CancellationToken cancellationToken)
    {
        Visibility.Enqueue((message.Id, after));
        await OnVisibility(message, after, cancellationToken);
    }

    public async Task<IReadOnlyList<QueueMessage>> DeleteAsync(
        IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken)
    {
        Deletes.Enqueue([.. messages.Select(m => m.Id)]);
        await OnDeleteBegins();
        return OnDelete(messages);
    }

    public Task SendAsync(IReadOnlyList<string> bodies, CancellationToken cancellationToken)
    {
        if (SendFailure() is { } failure)
            throw failure;
        foreach (var body in bodies)
            Sent.Enqueue(body);
        return Task.CompletedTask;
    }

    public Task<QueueFacts> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(Facts);
}
