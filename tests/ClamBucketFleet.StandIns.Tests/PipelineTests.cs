using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.SimpleNotificationService;
using Amazon.SQS;
using Amazon.SQS.Model;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.StandIns.Tests;

public sealed class PipelineTests
{
    private const int Limit = 60_000;

    private static readonly GetQueueUrlRequest Request = new() { QueueName = "q" };

    [Fact(Timeout = Limit)]
    public async Task A_503_is_tried_again()
    {
        await using var fake = new FakeService((503, "<html>busy</html>"), (200, """{"QueueUrl":"found"}"""));
        using var sqs = new AmazonSQSClient(MotoProcess.Credentials, MotoProcess.SqsConfig(fake.Url));
        var answer = await sqs.GetQueueUrlAsync(Request, TestContext.Current.CancellationToken);
        answer.QueueUrl.ShouldBe("found");
        fake.Requests.Count.ShouldBe(2);
    }

    [Fact(Timeout = Limit)]
    public async Task An_answer_that_stays_503_becomes_an_exception_with_its_status()
    {
        await using var fake = new FakeService((503, ""), (503, ""));
        var config = MotoProcess.SqsConfig(fake.Url);
        config.MaxErrorRetry = 1;
        using var sqs = new AmazonSQSClient(MotoProcess.Credentials, config);
        var e = await Should.ThrowAsync<AmazonSQSException>(
            sqs.GetQueueUrlAsync(Request, TestContext.Current.CancellationToken));
        e.StatusCode.ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
        e.ErrorType.ShouldBe(ErrorType.Receiver);
        fake.Requests.Count.ShouldBe(2);
    }

    [Fact(Timeout = Limit)]
    public async Task A_request_that_is_wrong_is_not_tried_again()
    {
        await using var fake = new FakeService((400, """{"__type":"com.amazonaws.sqs#InvalidAddress","message":"no"}"""));
        using var sqs = new AmazonSQSClient(MotoProcess.Credentials, MotoProcess.SqsConfig(fake.Url));
        var e = await Should.ThrowAsync<AmazonSQSException>(
            sqs.GetQueueUrlAsync(Request, TestContext.Current.CancellationToken));
        e.ErrorCode.ShouldBe("InvalidAddress");
        fake.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("eu-central-1", false, false, "https://sqs.eu-central-1.amazonaws.com")]
    [InlineData("cn-north-1", false, false, "https://sqs.cn-north-1.amazonaws.com.cn")]
    [InlineData("us-east-1", true, false, "https://sqs-fips.us-east-1.amazonaws.com")]
    [InlineData("us-gov-west-1", true, false, "https://sqs.us-gov-west-1.amazonaws.com")]
    [InlineData("eu-west-1", false, true, "https://sqs.eu-west-1.api.aws")]
    public void A_region_has_its_endpoint(string region, bool fips, bool dualStack, string expected)
    {
        var config = new AmazonSQSConfig
        {
            RegionEndpoint = RegionEndpoint.GetBySystemName(region),
            UseFIPSEndpoint = fips,
            UseDualstackEndpoint = dualStack,
        };
        config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(Request)).URL.ShouldBe(expected);
    }

    [Fact]
    public void The_interfaces_can_be_type_arguments()
    {
        DefaultConfig<IAmazonSQS>().ShouldBeOfType<AmazonSQSConfig>();
        DefaultConfig<IAmazonSimpleNotificationService>().ShouldBeOfType<AmazonSimpleNotificationServiceConfig>();
    }

    private static ClientConfig DefaultConfig<T>()
        where T : IAmazonService => T.CreateDefaultClientConfig();
}
