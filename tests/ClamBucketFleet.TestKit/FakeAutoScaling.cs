using System.Collections.Concurrent;
using System.Net;

namespace ClamBucketFleet.TestKit;

/// <summary>
/// EC2 Auto Scaling for one instance, on loopback: a group with lifecycle hooks, or none. Keeps what it was asked.
/// </summary>
public sealed class FakeAutoScaling : IAsyncDisposable
{
    public const string Group = "fleet";

    private readonly ConcurrentQueue<string> _requests = new();
    private readonly LoopbackServer _server;

    public FakeAutoScaling() => _server = new LoopbackServer(Answer);

    public Uri Endpoint => _server.Endpoint;

    /// <summary>Leads the SDK's client of this service here.</summary>
    public Dictionary<string, string> Environment => new() { ["AWS_ENDPOINT_URL_AUTO_SCALING"] = Endpoint.ToString() };

    /// <summary>Whether the instance is in the group.</summary>
    public bool HasInstance { get; set; } = true;

    /// <summary>Names, transitions and heartbeat timeouts in seconds.</summary>
    public IReadOnlyList<(string Name, string Transition, int Timeout)> Hooks { get; set; } =
        [("drain", "autoscaling:EC2_INSTANCE_TERMINATING", 180), ("prepare", "autoscaling:EC2_INSTANCE_LAUNCHING", 60)];

    /// <summary>The error that an operation answers with, by its name.</summary>
    public ConcurrentDictionary<string, (HttpStatusCode Status, string Code, string Message)> Errors { get; } = new();

    /// <summary>The forms that came, without version.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>How often an operation was asked for.</summary>
    public int Count(string action) => Requests.Count(request => request.StartsWith($"Action={action}&", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private (HttpStatusCode, string) Answer(LoopbackRequest request)
    {
        var form = request.Body.Replace("&Version=2011-01-01", "", StringComparison.Ordinal);
        _requests.Enqueue(form);
        var action = form.Split('&')[0]["Action=".Length..];
        if (Errors.TryGetValue(action, out var error))
        {
            return (error.Status,
                $"<ErrorResponse><Error><Type>Sender</Type><Code>{error.Code}</Code><Message>{error.Message}</Message></Error></ErrorResponse>");
        }

        var result = action switch
        {
            "DescribeAutoScalingInstances" => $"<AutoScalingInstances>{(HasInstance ? Instance : "")}</AutoScalingInstances>",
            "DescribeLifecycleHooks" => $"<LifecycleHooks>{string.Concat(Hooks.Select(Hook))}</LifecycleHooks>",
            _ => "",
        };
        return (HttpStatusCode.OK, $"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>");
    }

    private static string Instance =>
        $"<member><InstanceId>{InstanceMetadata.InstanceId}</InstanceId><AutoScalingGroupName>{Group}</AutoScalingGroupName>"
        + "<LifecycleState>InService</LifecycleState></member>";

    private static string Hook((string Name, string Transition, int Timeout) hook) =>
        $"<member><LifecycleHookName>{hook.Name}</LifecycleHookName><AutoScalingGroupName>{Group}</AutoScalingGroupName>"
        + $"<LifecycleTransition>{hook.Transition}</LifecycleTransition><HeartbeatTimeout>{hook.Timeout}</HeartbeatTimeout></member>";
}
