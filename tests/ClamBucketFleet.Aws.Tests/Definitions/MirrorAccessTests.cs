using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Definitions;

public sealed class MirrorAccessTests(MotoFixture moto)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_bucket_that_does_not_exist_is_a_matter_of_configuration()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var mirror = bench.NewInstance(bucket: "no-such-bucket").Mirror;
        foreach (var attempt in new Func<Task>[]
        {
            () => mirror.ReadAsync(Cancel),
            () => mirror.TryLeaseAsync("tests", Cancel),
            () => mirror.FetchAsync(bench.File("a.ndb", "1"), bench.NewPath("a.ndb"), Cancel),
        })
        {
            var failure = await Should.ThrowAsync<FatalConfigurationException>(attempt);
            failure.Message.ShouldContain("s3://no-such-bucket/mirror/");
            failure.Message.ShouldContain("Definitions:Bucket");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("GET", "s3:GetObject")]
    [InlineData("HEAD", "s3:GetObject")]
    [InlineData("PUT", "s3:PutObject")]
    public async Task A_permission_that_is_missing_is_named(string method, string permission)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var instance = bench.NewInstance();
        instance.Network.Before = request => Task.FromResult(
            request.Method.Method == method ? MirrorNetwork.Error(403, "AccessDenied") : null);

        var failure = await Should.ThrowAsync<AccessRefusedException>(
            () => bench.PublishAsync(instance, MirrorBench.Manifest("1", bench.File("a.ndb", "1"))));

        failure.Message.ShouldContain($"s3://{bench.Bucket}/mirror/");
        failure.Message.ShouldContain(permission);
        failure.Message.ShouldContain("s3:ListBucket");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_asks_for_patience_is_unreachable()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var instance = bench.NewInstance();
        instance.Network.Before = _ => Task.FromResult<HttpResponseMessage?>(MirrorNetwork.Error(503, "SlowDown"));
        await Should.ThrowAsync<ServiceUnreachableException>(() => instance.Mirror.ReadAsync(Cancel));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_tells_no_time_is_not_used()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var instance = bench.NewInstance();
        instance.Network.Before = _ => Task.FromResult<HttpResponseMessage?>(MirrorNetwork.Error(404, "NoSuchKey"));
        (await Should.ThrowAsync<TryAgainException>(() => instance.Mirror.ReadAsync(Cancel))).Message.ShouldContain("Date");
    }

    // But for removal: while moto enforces policies, it takes no signature of a listing whose prefix has a slash.
    [Fact(Timeout = 60_000)]
    public async Task The_permissions_of_the_decision_record_are_enough()
    {
        await using var server = await MotoServer.StartAsync(Cancel);
        using var bench = await MirrorBench.CreateAsync(server);
        string[] actions = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
        var record = await File.ReadAllTextAsync(Repository.Combine("docs", "adr", "0007-definitions-mirror.md"), Cancel);
        foreach (var action in actions)
            record.ShouldContain($"`{action}`");
        var leader = bench.NewInstance(credentials: await server.CreateUserAsync(Policy(bench, actions), Cancel));
        var follower = bench.NewInstance(credentials: await server.CreateUserAsync(Policy(bench, actions[..2]), Cancel));
        var (first, second) = (bench.File("a.ndb", "1"), bench.File("b.ndb", "2"));
        await server.EnforcePoliciesAsync(0, Cancel);

        (await follower.Mirror.ReadAsync(Cancel)).Manifest.ShouldBeNull();
        await bench.PublishAsync(leader, MirrorBench.Manifest("1", first));
        await bench.PublishAsync(leader, MirrorBench.Manifest("2", second));

        (await follower.Mirror.ReadAsync(Cancel)).Manifest!.Version.ShouldBe("2");
        await follower.Mirror.FetchAsync(second, bench.NewPath("b.ndb"), Cancel);
        (await Should.ThrowAsync<AccessRefusedException>(() => follower.Mirror.TryLeaseAsync("tests", Cancel)))
            .Message.ShouldContain("s3:PutObject");
    }

    private static string Policy(MirrorBench bench, string[] actions) => $$"""
        {"Version":"2012-10-17","Statement":[
          {"Effect":"Allow","Resource":"arn:aws:s3:::{{bench.Bucket}}",
           "Action":"s3:ListBucket"},
          {"Effect":"Allow","Resource":"arn:aws:s3:::{{bench.Bucket}}/{{MirrorBench.Prefix}}*",
           "Action":["{{string.Join("\",\"", actions.Where(action => action != "s3:ListBucket"))}}"]}]}
        """;
}
