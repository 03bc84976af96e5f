using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.BadInput;

/// <summary>Permissions that are missing, on a server that enforces them.</summary>
public sealed class AccessTests(ClamdFixture clamd)
{
    private const int Limit = 60_000;
    private const int Never = int.MaxValue;

    [Fact(Timeout = Limit)]
    public async Task An_object_that_may_not_be_read_stays_and_its_message_goes_to_the_dead_letter_queue()
    {
        await using var moto = await MotoServer.StartAsync(TestContext.Current.CancellationToken);
        using var drain = await Drain.PrepareAsync(moto, clamd.Server);
        await drain.Aws.PutAsync(drain.Bucket, "k", Eicar.Bytes);
        var body = Drain.Request(drain.Bucket, "k");
        await drain.SendAsync(body);
        foreach (var variable in await drain.Aws.CreateUserAsync(Policy("sqs:*", "s3:ListBucket")))
            drain.Stage.Set(variable);
        await moto.EnforcePoliciesAsync(0, TestContext.Current.CancellationToken);

        var result = await drain.RunAsync();

        await moto.EnforcePoliciesAsync(Never, TestContext.Current.CancellationToken);
        result.Error.ShouldContain($"error PROCESSING_ERROR {drain.Bucket}/k, delivery 1: Opening s3://{drain.Bucket}/k: ");
        result.Error.ShouldContain("It takes s3:GetObject, s3:GetObjectVersion, and s3:ListBucket");
        (await drain.Aws.KeysAsync(drain.Bucket)).ShouldBe(["k"]);
        await drain.ExpectDeadAsync(body);
    }

    [Fact(Timeout = Limit)]
    public async Task An_object_that_may_not_be_deleted_stays_and_its_message_goes_to_the_dead_letter_queue()
    {
        await using var moto = await MotoServer.StartAsync(TestContext.Current.CancellationToken);
        using var drain = await Drain.PrepareAsync(moto, clamd.Server);
        await drain.Aws.PutAsync(drain.Bucket, "k", Eicar.Bytes);
        var body = Drain.Request(drain.Bucket, "k");
        await drain.SendAsync(body);
        foreach (var variable in await drain.Aws.CreateUserAsync(Policy("sqs:*", "s3:ListBucket", "s3:GetObject")))
            drain.Stage.Set(variable);
        await moto.EnforcePoliciesAsync(0, TestContext.Current.CancellationToken);

        var result = await drain.RunAsync();

        await moto.EnforcePoliciesAsync(Never, TestContext.Current.CancellationToken);
        result.Error.ShouldContain($"error PROCESSING_ERROR {drain.Bucket}/k, delivery 1: Deleting s3://{drain.Bucket}/k: ");
        result.Error.ShouldContain("s3:DeleteObject");
        (await drain.Aws.KeysAsync(drain.Bucket)).ShouldBe(["k"]);
        await drain.ExpectDeadAsync(body);
    }

    private static string Policy(params string[] actions) => $$"""
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":["{{string.Join("\",\"", actions)}}"]}]}
        """;
}
