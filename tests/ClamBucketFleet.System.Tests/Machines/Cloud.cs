using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SQS;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>AWS within a <see cref="Network"/>: moto's server on a fixed port, and the means to reach it from outside.</summary>
internal sealed class Cloud : IAsyncDisposable
{
    public const string Region = "eu-west-1";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _moto;
    private readonly HttpClient _http;

    private Cloud(ChildProcess moto, Network network)
    {
        _moto = moto;
        _http = network.CreateHttpClient();
        var clients = new Clients(network);
        S3 = new AmazonS3Client(MotoServer.Credentials, new AmazonS3Config
        {
            ServiceURL = Endpoint.ToString(),
            AuthenticationRegion = Region,
            ForcePathStyle = true,
            HttpClientFactory = clients,
        });
        Sqs = new AmazonSQSClient(MotoServer.Credentials, new AmazonSQSConfig
        {
            ServiceURL = Endpoint.ToString(),
            AuthenticationRegion = Region,
            HttpClientFactory = clients,
        });
    }

    /// <summary>Where machines in the network find it.</summary>
    public static IPEndPoint Address { get; } = new(IPAddress.Loopback, 5000);

    public static Uri Endpoint { get; } = new($"http://{Address}/");

    private static string[] Place => ["-H", $"{Address.Address}", "-p", $"{Address.Port}"];

    public AmazonS3Client S3 { get; }

    public AmazonSQSClient Sqs { get; }

    public static Task<Cloud> StartAsync(Network network, CancellationToken cancellationToken)
        => StartAsync(network, new Command(Command.Require("moto_server"), Place), cancellationToken);

    /// <summary>With CloudFormation, groups that end their instances by hooks, and roles that are held to their policies.</summary>
    public static Task<Cloud> StartWholeAsync(Network network, CancellationToken cancellationToken)
        => StartAsync(network, MotoServer.WholeCommand(Place), cancellationToken);

    private static async Task<Cloud> StartAsync(Network network, Command server, CancellationToken cancellationToken)
    {
        var moto = network.Inside(server.Path, [.. server.Arguments]).Start();
        var cloud = new Cloud(moto, network);
        try
        {
            await Eventually.UntilAsync(cloud.AnswersAsync, StartLimit, cancellationToken);
            return cloud;
        }
        catch (TimeoutException e)
        {
            await cloud.DisposeAsync();
            throw new TimeoutException($"moto does not start:\n{moto.Output}{moto.Error}", e);
        }
    }

    /// <summary>moto's queues are all of one account and region.</summary>
    public static string Arn(string queueUrl) => $"arn:aws:sqs:{Region}:123456789012:{queueUrl.Split('/')[^1]}";

    /// <summary>An operation of SNS, or one of SQS that the program never calls; gives an element of the answer.</summary>
    public async Task<string> QueryAsync(
        string service, string action, string element, CancellationToken cancellationToken, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential=test/20260101/{Region}/{service}/aws4_request, SignedHeaders=host, Signature=0");
        request.Content = new FormUrlEncodedContent(
            form.Prepend((Name: "Action", Value: action)).Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        using var response = await _http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(body);
        return XElement.Parse(body).DescendantsAndSelf().First(e => e.Name.LocalName == element).Value;
    }

    /// <summary>Messages that can be received, and messages that somebody has.</summary>
    public async Task<(int Waiting, int InFlight)> DepthsAsync(string queueUrl, CancellationToken cancellationToken)
    {
        var response = await Sqs.GetQueueAttributesAsync(
            new() { QueueUrl = queueUrl, AttributeNames = ["All"] }, cancellationToken);
        return (Number("ApproximateNumberOfMessages"), Number("ApproximateNumberOfMessagesNotVisible"));

        int Number(string name) => int.Parse(response.Attributes[name], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        S3.Dispose();
        Sqs.Dispose();
        _http.Dispose();
        await _moto.DisposeAsync();
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Endpoint, "moto-api/"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private sealed class Clients(Network network) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => network.CreateHttpClient();

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => true;

        public override string GetConfigUniqueString(IClientConfig clientConfig) => network.Path;
    }
}
