using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Aws.Instance;

/// <summary>The Auto Scaling group that this instance is in, and its hooks for instances that terminate.</summary>
/// <param name="metadata">Tells the instance's id and region.</param>
/// <param name="connect">Makes a client for that region; null where it is not known.</param>
/// <param name="logger">Hears what the group was told.</param>
/// <param name="time">The clock.</param>
public sealed class AutoScalingInstanceGroup(
    InstanceMetadata metadata,
    Func<string?, IAmazonAutoScaling> connect,
    ILogger<AutoScalingInstanceGroup> logger,
    TimeProvider time) : IInstanceGroup, IDisposable
{
    private const string Terminating = "autoscaling:EC2_INSTANCE_TERMINATING";

    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(5);

    // The SDK's own limits are minutes, and fetching credentials heeds no cancellation.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private IAmazonAutoScaling? _client;
    private string? _id;
    private string? _name;

    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        if (_name is not null || await IdentifyAsync(cancellationToken).ConfigureAwait(false) is not { } id)
            return _name;

        var answer = await AskAsync(
            $"Asking for the Auto Scaling group of {id}",
            (scaling, ct) => scaling.DescribeAutoScalingInstancesAsync(new DescribeAutoScalingInstancesRequest { InstanceIds = [id] }, ct),
            cancellationToken).ConfigureAwait(false);
        return _name = answer.AutoScalingInstances?.FirstOrDefault()?.AutoScalingGroupName;
    }

    public async Task<TimeSpan> KeepWaitingAsync(CancellationToken cancellationToken)
    {
        var interval = LongestInterval;
        await ForEachHookAsync(
            "Having {0} wait on",
            async (scaling, hook, ct) =>
            {
                if (hook.HeartbeatTimeout is { } timeout)
                    interval = TimeSpan.FromSeconds(Math.Clamp(timeout / 3.0, ShortestInterval.TotalSeconds, interval.TotalSeconds));
                await scaling.RecordLifecycleActionHeartbeatAsync(
                    new RecordLifecycleActionHeartbeatRequest
                    {
                        AutoScalingGroupName = _name,
                        LifecycleHookName = hook.LifecycleHookName,
                        InstanceId = _id,
                    },
                    ct).ConfigureAwait(false);
                logger.HookKeptWaiting(hook.LifecycleHookName, _name!);
            },
            cancellationToken).ConfigureAwait(false);
        return interval;
    }

    public Task ContinueAsync(CancellationToken cancellationToken) => ForEachHookAsync(
        "Completing {0}",
        async (scaling, hook, ct) =>
        {
            await scaling.CompleteLifecycleActionAsync(
                new CompleteLifecycleActionRequest
                {
                    AutoScalingGroupName = _name,
                    LifecycleHookName = hook.LifecycleHookName,
                    InstanceId = _id,
                    LifecycleActionResult = "CONTINUE",
                },
                ct).ConfigureAwait(false);
            logger.HookCompleted(hook.LifecycleHookName, _name!);
        },
        cancellationToken);

    public async Task<bool> ReportUnhealthyAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken).ConfigureAwait(false) is not { } name)
            return false;
        await AskAsync(
            $"Telling the group {name} that {_id} is unhealthy",
            (scaling, ct) => scaling.SetInstanceHealthAsync(
                new SetInstanceHealthRequest { InstanceId = _id, HealthStatus = "Unhealthy", ShouldRespectGracePeriod = false }, ct),
            cancellationToken).ConfigureAwait(false);
        return true;
    }

    public void Dispose() => _client?.Dispose();

    // One that fails keeps the others from nothing.
    private async Task ForEachHookAsync(
        string doing, Func<IAmazonAutoScaling, LifecycleHook, CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken).ConfigureAwait(false) is not { } name)
            return;
        var answer = await AskAsync(
            $"Asking for the lifecycle hooks of {name}",
            (scaling, ct) => scaling.DescribeLifecycleHooksAsync(new DescribeLifecycleHooksRequest { AutoScalingGroupName = name }, ct),
            cancellationToken).ConfigureAwait(false);
        var failures = new List<string>();
        foreach (var hook in (answer.LifecycleHooks ?? []).Where(hook => hook.LifecycleTransition == Terminating))
        {
            try
            {
                await AskAsync(
                    string.Format(null, doing, $"the lifecycle hook {hook.LifecycleHookName} of {name}"),
                    async (scaling, ct) =>
                    {
                        await act(scaling, hook, ct).ConfigureAwait(false);
                        return true;
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (TryAgainException e)
            {
                failures.Add(e.Message);
            }
        }

        if (failures.Count > 0)
            throw new TryAgainException(string.Join(' ', failures));
    }

    // Null off EC2, where nobody has ever answered.
    private async Task<string?> IdentifyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _id ??= (await metadata.ReadAsync("instance-id", cancellationToken).ConfigureAwait(false))?.Trim();
        }
        catch (ServiceUnreachableException) when (!metadata.HasAnswered)
        {
            return null;
        }
    }

    private async Task<T> AskAsync<T>(
        string doing, Func<IAmazonAutoScaling, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            _client ??= connect((await metadata.ReadAsync("placement/region", either.Token).ConfigureAwait(false))?.Trim());
            return await ask(_client, either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServiceUnreachableException($"{doing}: there was no answer within {Patience.TotalSeconds:0} s.", e);
        }
        catch (FatalConfigurationException e)
        {
            throw new TryAgainException($"{doing}: {e.Message}", e);
        }
        catch (AmazonServiceException e) when (e.ErrorCode == "ValidationError")
        {
            throw new TryAgainException($"{doing}: {SafeText.Escape(e.Message)}", e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or TryAgainException))
        {
            throw AwsFailures.Translate(e, doing);
        }
    }
}
