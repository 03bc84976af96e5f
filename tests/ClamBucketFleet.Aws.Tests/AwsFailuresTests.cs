using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SQS.Model;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests;

public sealed class AwsFailuresTests
{
    [Theory]
    [InlineData("AccessDenied", 403, typeof(AccessRefusedException))]
    [InlineData("SomethingNew", 403, typeof(AccessRefusedException))]
    [InlineData("AccessDeniedException", 400, typeof(AccessRefusedException))]
    [InlineData("ExpiredToken", 400, typeof(AccessRefusedException))]
    [InlineData("InvalidClientTokenId", 403, typeof(AccessRefusedException))]
    [InlineData("RequestTimeTooSkewed", 403, typeof(AccessRefusedException))]
    [InlineData("KMS.AccessDeniedException", 400, typeof(AccessRefusedException))]
    [InlineData("SlowDown", 503, typeof(ServiceUnreachableException))]
    [InlineData("ThrottlingException", 400, typeof(ServiceUnreachableException))]
    [InlineData("Throttling", 403, typeof(ServiceUnreachableException))]
    [InlineData("", 429, typeof(ServiceUnreachableException))]
    [InlineData("InternalError", 500, typeof(ServiceUnreachableException))]
    [InlineData(null, 502, typeof(ServiceUnreachableException))]
    [InlineData("NoSuchKey", 404, typeof(TryAgainException))]
    [InlineData("PreconditionFailed", 412, typeof(TryAgainException))]
    public void An_answer_is_named_by_what_to_do_next(string? code, int status, Type expected)
    {
        var e = new AmazonS3Exception("said\u001b[31m.", ErrorType.Sender, code, "req-1", (HttpStatusCode)status);
        var translated = AwsFailures.Translate(e, "Reading s3://b/k");
        translated.GetType().ShouldBe(expected);
        translated.Message.ShouldStartWith("Reading s3://b/k: said\\u001b[31m (");
        translated.Message.ShouldContain("req-1");
        translated.InnerException.ShouldBe(e);
    }

    [Fact]
    public void The_exceptions_of_the_queue_have_their_own_meaning()
    {
        AwsFailures.Translate(new QueueDoesNotExistException("no"), "x").ShouldBeOfType<FatalConfigurationException>();
        AwsFailures.Translate(new ReceiptHandleIsInvalidException("no"), "x").ShouldBeOfType<LeaseLostException>();
        AwsFailures.Translate(new MessageNotInflightException("no"), "x").ShouldBeOfType<LeaseLostException>();
    }

    [Fact]
    public void No_answer_is_unreachable()
    {
        Exception[] causes =
        [
            new HttpRequestException("refused", new SocketException(111)), new IOException("reset"),
            new TimeoutException("late"), new TaskCanceledException("late", new TimeoutException()),
            new AmazonServiceException("broken", new HttpRequestException("refused")),
            new AmazonClientException("Unable to get IAM security credentials"),
        ];
        foreach (var cause in causes)
            AwsFailures.Translate(cause, "x").ShouldBeOfType<ServiceUnreachableException>();
    }

    [Fact]
    public void A_missing_region_is_a_matter_of_configuration() =>
        AwsFailures.Translate(new AmazonClientException("No RegionEndpoint or ServiceURL configured"), "x")
            .ShouldBeOfType<FatalConfigurationException>();

    [Fact]
    public void What_is_no_failure_of_aws_comes_back_unchanged()
    {
        Exception[] others =
        [
            new OperationCanceledException(), new TryAgainException("x"), new LeaseLostException("x"),
            new InvalidOperationException("a bug"),
        ];
        foreach (var other in others)
            AwsFailures.Translate(other, "x").ShouldBeSameAs(other);
    }
}
