using System.Xml.Linq;
using Amazon.AutoScaling;
using Amazon.Runtime;
using Amazon.SimpleNotificationService;
using Amazon.SQS;
using ClamBucketFleet.StandIns.Tests;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

[assembly: AssemblyFixture(typeof(MotoProcess))]

namespace ClamBucketFleet.StandIns.Tests;

/// <summary>The kit's moto, one for all tests (each takes names of its own), and the stand-ins' clients for it.</summary>
public sealed class MotoProcess : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private MotoServer? _server;

    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    public static AWSCredentials Credentials { get; } = new BasicAWSCredentials("test", "test");

    public AmazonSQSClient Sqs() => new(Credentials, SqsConfig(Url));

    public static AmazonSQSConfig SqsConfig(Uri url) =>
        new() { ServiceURL = url.ToString(), AuthenticationRegion = "us-east-1" };

    public AmazonSimpleNotificationServiceClient Sns() => new(
        Credentials,
        new AmazonSimpleNotificationServiceConfig { ServiceURL = Url.ToString(), AuthenticationRegion = "us-east-1" });

    public AmazonAutoScalingClient AutoScaling() => AutoScaling(Url);

    public static AmazonAutoScalingClient AutoScaling(Uri url) => new(
        Credentials, new AmazonAutoScalingConfig { ServiceURL = url.ToString(), AuthenticationRegion = "us-east-1" });

    /// <summary>Calls what the stand-ins do not have; gives the first element of that name in the answer.</summary>
    public async Task<string> CallAsync(string service, string element, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        request.Content = new FormUrlEncodedContent(form.ToDictionary(pair => pair.Name, pair => pair.Value));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(body);
        return XElement.Parse(body).DescendantsAndSelf().First(e => e.Name.LocalName == element).Value;
    }

    public Task<string> NewQueueAsync(params (string Name, string Value)[] more) => CallAsync(
        "sqs", "QueueUrl", [("Action", "CreateQueue"), ("QueueName", Unique()), ("Version", "2012-11-05"), .. more]);

    public static string Unique() => $"n{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        _server = await MotoServer.StartAsync(CancellationToken.None);
        Url = _server.Endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _http.Dispose();
    }
}
