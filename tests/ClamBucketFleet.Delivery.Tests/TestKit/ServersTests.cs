using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.TestKit;

public sealed class ServersTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Moto_keeps_what_it_is_given_until_it_is_reset()
    {
        using var s3 = moto.Server.CreateS3Client();
        await moto.Server.CreateBucketAsync("kept", versioned: true, Cancellation);
        (await s3.ListBucketsAsync(Cancellation)).Buckets.ShouldHaveSingleItem().BucketName.ShouldBe("kept");

        await moto.Server.ResetAsync(Cancellation);

        ((await s3.ListBucketsAsync(Cancellation)).Buckets ?? []).ShouldBeEmpty();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_clamd_comes_back_on_the_same_address(bool tcp)
    {
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { Tcp = tcp }, Cancellation);
        var (address, first) = (clamd.Address, clamd.Pid);

        await clamd.KillAsync();
        await Should.ThrowAsync<System.Net.Sockets.SocketException>(clamd.CommandAsync("PING", Cancellation));
        await clamd.RestartAsync(Cancellation);

        clamd.Address.ShouldBe(address);
        clamd.Pid.ShouldNotBe(first);
        (await clamd.CommandAsync("PING", Cancellation)).ShouldBe("PONG");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_suspended_clamd_answers_only_when_it_is_resumed()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);

        clamd.Suspend();
        var ping = clamd.CommandAsync("PING", Cancellation);
        await Eventually.UntilAsync(
            () => File.ReadAllText($"/proc/{clamd.Pid}/stat").Contains(") T ", StringComparison.Ordinal),
            TimeSpan.FromSeconds(5),
            Cancellation);
        clamd.Resume();

        (await ping).ShouldBe("PONG");
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_of_a_clamd_is_left_even_when_it_was_suspended()
    {
        var clamd = await ClamdServer.StartAsync(Cancellation);
        var pid = clamd.Pid;
        clamd.Suspend();

        await clamd.DisposeAsync();

        Directory.Exists($"/proc/{pid}").ShouldBeFalse();
        Directory.Exists(Path.GetDirectoryName(clamd.SocketPath)).ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clamd_that_refuses_its_configuration_says_why()
    {
        var options = new ClamdOptions { Settings = new Dictionary<string, string> { ["MaxThreads"] = "many" } };

        var refusal = await Should.ThrowAsync<InvalidOperationException>(ClamdServer.StartAsync(options, Cancellation));

        refusal.Message.ShouldContain("MaxThreads");
    }
}
