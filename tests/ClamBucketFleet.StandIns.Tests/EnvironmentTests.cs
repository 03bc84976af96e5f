using System.Net.Sockets;
using System.Text;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.StandIns.Tests;

/// <summary>The variables of the process belong to one test at a time.</summary>
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
[Collection(nameof(EnvironmentTests))]
public sealed class EnvironmentTests(MotoProcess moto) : IDisposable
{
    private const int Limit = 60_000;

    private readonly Dictionary<string, string?> _before = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var (name, value) in _before)
            Environment.SetEnvironmentVariable(name, value);
    }

    [Fact(Timeout = Limit)]
    public async Task The_endpoint_region_and_credentials_come_from_the_environment()
    {
        Set("AWS_ENDPOINT_URL", moto.Url.ToString());
        Set("AWS_REGION", "us-east-1");
        Set("AWS_ACCESS_KEY_ID", "test");
        Set("AWS_SECRET_ACCESS_KEY", "test");
        var queue = await moto.NewQueueAsync();

        using var sqs = new AmazonSQSClient();
        var answer = await sqs.GetQueueUrlAsync(
            new GetQueueUrlRequest { QueueName = queue.Split('/')[^1] }, Cancellation);

        answer.QueueUrl.ShouldBe(queue);
    }

    [Fact(Timeout = Limit)]
    public async Task An_endpoint_for_one_service_wins_over_the_common_one()
    {
        await using var fake = new FakeService((404, """
            <ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>here</Message></Error></ErrorResponse>
            """));
        Set("AWS_ENDPOINT_URL", "http://127.0.0.1:1/");
        Set("AWS_ENDPOINT_URL_SNS", fake.Url.ToString());
        Set("AWS_REGION", "us-east-1");

        using var sns = new AmazonSimpleNotificationServiceClient(MotoProcess.Credentials);
        var e = await Should.ThrowAsync<NotFoundException>(
            sns.GetTopicAttributesAsync(new GetTopicAttributesRequest { TopicArn = "t" }, Cancellation));

        e.Message.ShouldBe("here");
    }

    [Fact(Timeout = Limit)]
    public async Task A_state_reaches_the_socket_of_the_service_manager()
    {
        using var manager = Listen(Path.Combine(Path.GetTempPath(), MotoProcess.Unique()));
        var notifier = new SystemdNotifier();
        notifier.IsEnabled.ShouldBeTrue();
        notifier.Notify(new ServiceState("STATUS=fine\nWATCHDOG=1"));
        (await ReceiveAsync(manager)).ShouldBe("STATUS=fine\nWATCHDOG=1");
    }

    [Fact(Timeout = Limit)]
    public async Task The_socket_may_have_an_abstract_address()
    {
        using var manager = Listen($"@{MotoProcess.Unique()}");
        new SystemdNotifier().Notify(ServiceState.Ready);
        (await ReceiveAsync(manager)).ShouldBe("READY=1");
    }

    [Fact]
    public void Without_a_service_manager_nothing_is_sent()
    {
        Set("NOTIFY_SOCKET", null);
        var notifier = new SystemdNotifier();
        notifier.IsEnabled.ShouldBeFalse();
        notifier.Notify(ServiceState.Ready);
    }

    [Fact]
    public void Outside_systemd_a_host_keeps_its_own_lifetime()
    {
        SystemdHelpers.IsSystemdService().ShouldBeFalse();
        new ServiceCollection().AddSystemd().ShouldBeEmpty();
        using var host = new HostBuilder().UseSystemd().Build();
        host.Services.GetRequiredService<IHostLifetime>().ShouldNotBeOfType<SystemdLifetime>();
    }

    [Fact(Timeout = Limit)]
    public async Task A_host_tells_when_it_has_started_and_when_it_stops()
    {
        using var manager = Listen(Path.Combine(Path.GetTempPath(), MotoProcess.Unique()));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        builder.Services.AddSingleton<IHostLifetime, SystemdLifetime>();
        using var host = builder.Build();

        await host.StartAsync(Cancellation);
        (await ReceiveAsync(manager)).ShouldBe("READY=1");

        await host.StopAsync(Cancellation);
        (await ReceiveAsync(manager)).ShouldBe("STOPPING=1");
    }

    private void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    private Socket Listen(string address)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address));
        Set("NOTIFY_SOCKET", address);
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var count = await socket.ReceiveAsync(buffer, Cancellation);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }
}
