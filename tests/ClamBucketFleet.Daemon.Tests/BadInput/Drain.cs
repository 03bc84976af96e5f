using ClamBucketFleet.Daemon.Tests.Cli;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.Daemon.Tests.BadInput;

/// <summary>A scan queue, a bucket, and the daemon that drains one into the other's fate.</summary>
internal sealed class Drain : IDisposable
{
    /// <summary>Stands in every body, and must stand in no log.</summary>
    public const string Marker = "never-in-a-log";

    private Drain(Stage stage, AwsStage aws, string bucket, QueuePair queue) =>
        (Stage, Aws, Bucket, Queue) = (stage, aws, bucket, queue);

    public Stage Stage { get; }

    public AwsStage Aws { get; }

    public string Bucket { get; }

    public QueuePair Queue { get; }

    public static async Task<Drain> PrepareAsync(MotoServer moto, ClamdServer? clamd)
    {
        var (stage, aws) = (new Stage().With(moto), new AwsStage(moto));
        if (clamd is not null)
            stage.With(clamd);
        var queue = await aws.CreateQueueAsync();
        stage[Settings.QueueUrl] = queue.Url;
        stage[Settings.QueueWaitTime] = "1s";
        stage[Settings.QueueVisibilityTimeout] = "2s";
        return new Drain(stage, aws, await aws.CreateBucketAsync(), queue);
    }

    /// <summary>The plain request for one object, with the marker beside.</summary>
    public static string Request(string bucket, string key) =>
        $$"""{"bucket":"{{bucket}}","key":"{{key}}","note":"{{Marker}}"}""";

    public Task SendAsync(string body) => Aws.SendAsync(Queue.Url, body);

    /// <summary>Runs the daemon until the queue is empty; it must end well, and have put no body into its log.</summary>
    public async Task<CommandResult> RunAsync()
    {
        var result = await Stage.RunAsync("run", "--drain", "--idle", "1s", "--Log:Level=Debug");
        result.ExitCode.ShouldBe(0, result.Error);
        ExpectNoBody(result.Error);
        return result;
    }

    public void ExpectNoBody(string said)
    {
        said.ShouldNotContain(Marker);
        Stage.Logged().ShouldNotContain(Marker);
    }

    /// <summary>The one message is on the dead-letter queue, and on no other.</summary>
    public async Task ExpectDeadAsync(string body)
    {
        (await Aws.DepthAsync(Queue.Url)).ShouldBe(0);
        (await Aws.DepthAsync(Queue.DeadLetterUrl)).ShouldBe(1);
        (await Aws.TakeAsync(Queue.DeadLetterUrl)).ShouldBe(body);
    }

    public async Task ExpectDoneAsync()
    {
        (await Aws.DepthAsync(Queue.Url)).ShouldBe(0);
        (await Aws.DepthAsync(Queue.DeadLetterUrl)).ShouldBe(0);
    }

    public void Dispose()
    {
        Aws.Dispose();
        Stage.Dispose();
    }
}
