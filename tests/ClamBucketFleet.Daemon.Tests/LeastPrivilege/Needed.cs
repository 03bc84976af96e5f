using Need = System.Collections.Generic.KeyValuePair<
    ClamBucketFleet.Daemon.Tests.LeastPrivilege.Grant,
    System.Func<ClamBucketFleet.Daemon.Tests.LeastPrivilege.Bench, System.Threading.Tasks.Task>>;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>What statements of the role are there for, whatever the parameters.</summary>
internal static class Needed
{
    /// <summary>By every daemon.</summary>
    public static IEnumerable<Need> Always =>
    [
        .. For("Queue", Promises.WorksOffTheQueue, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        .. For("Queue", Promises.HandsBackWhatFails, "sqs:ChangeMessageVisibility"),
        .. For("Queue", Promises.PutsBackWhatAFailingEngineCalledClean, "sqs:SendMessage"),
        .. For("Topic", Promises.WorksOffTheQueue, "sns:Publish"),
        .. For("Topic", Promises.ChecksWell, "sns:GetTopicAttributes"),
        .. For("Buckets", Promises.SkipsWhatIsGone, "s3:ListBucket"),
    ];

    /// <summary>What every role has and no test here can miss.</summary>
    public static IEnumerable<KeyValuePair<Grant, string>> AgentsOwn =>
    [
        .. Excused("Logs", "the CloudWatch agent's, which is not run here",
            "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
        .. Excused("Metrics", "the CloudWatch agent's, which is not run here", "cloudwatch:PutMetricData"),
        .. Excused("OwnGroup", "of an instance in a group: the journey test ends one, held to this role",
            "autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat", "autoscaling:SetInstanceHealth"),
        .. Excused("Groups", "of an instance in a group: the journey test ends one, held to this role", "autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeLifecycleHooks"),
    ];

    public static IEnumerable<Need> For(string statement, Func<Bench, Task> promise, params string[] actions) =>
        actions.Select(action => new Need(new Grant(statement, action), promise));

    public static IEnumerable<Grant> Held(string statement, params string[] actions) =>
        actions.Select(action => new Grant(statement, action));

    public static IEnumerable<KeyValuePair<Grant, string>> Excused(string statement, string reason, params string[] actions) =>
        actions.Select(action => KeyValuePair.Create(new Grant(statement, action), reason));
}
