using System.Net;
using System.Text.Json;
using System.Xml;
using Amazon.Runtime;
using Amazon.SQS.Model;

namespace ClamBucketFleet.Aws;

/// <summary>What the AWS SDK throws, in the core's terms: named by what to do next.</summary>
public static class AwsFailures
{
    private static readonly HashSet<string> Throttled = new(StringComparer.OrdinalIgnoreCase)
    {
        "BandwidthLimitExceeded", "KmsThrottled", "KMSThrottling", "KMS.ThrottlingException", "LimitExceededException",
        "OverLimit", "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "SlowDown", "Throttled", "ThrottledException", "Throttling",
        "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
    };

    private static readonly HashSet<string> BadCredentials = new(StringComparer.OrdinalIgnoreCase)
    {
        "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken",
        "MissingAuthenticationToken", "SignatureDoesNotMatch", "TokenRefreshRequired", "UnrecognizedClientException",
    };

    private static readonly HashSet<string> WrongClock = new(StringComparer.OrdinalIgnoreCase)
    {
        "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed",
    };

    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "AccessDenied", "AccessDeniedException", "AuthorizationError", "Forbidden", "InvalidSecurity",
        "KMSAccessDenied", "KMS.AccessDeniedException", "OptInRequired", "UnauthorizedOperation",
    };

    /// <summary>
    /// The exception to throw instead. The core's own come back unchanged, and so does what is no failure of AWS: a
    /// cancellation, a bug.
    /// </summary>
    /// <param name="e">What was thrown; it becomes the inner exception.</param>
    /// <param name="doing">What was being done, on what: "Receiving from https://…". Escaped by the caller.</param>
    public static Exception Translate(Exception e, string doing) => e switch
    {
        AmazonServiceException service => TranslateAnswer(service, doing),
        AmazonClientException { InnerException: HttpRequestException or IOException or TimeoutException } =>
            Unreachable(e.InnerException, doing),
        AmazonClientException when IsAbout(e, "region") => new FatalConfigurationException(
            $"{doing}: no region is known. Set Aws:Region or AWS_REGION.", e),
        AmazonClientException => new ServiceUnreachableException(
            $"{doing}: {SafeText.Escape(e.Message)}. Check that this machine has credentials (instance role, "
            + "AWS_PROFILE, web identity) and reaches where they come from.", e),
        HttpRequestException or IOException or TimeoutException or WebException => Unreachable(e, doing),
        // The SDK's own time limits; a cancellation that the caller asked for has no such cause.
        OperationCanceledException { InnerException: TimeoutException } => Unreachable(e, doing),
        JsonException or XmlException => new TryAgainException(
            $"{doing}: the answer cannot be read. Is there a proxy in between?", e),
        _ => e,
    };

    private static Exception TranslateAnswer(AmazonServiceException e, string doing)
    {
        var code = e.ErrorCode ?? "";
        var said = $"{doing}: {Describe(e)}";
        if (e is QueueDoesNotExistException)
            return new FatalConfigurationException($"{said}. Check Queue:Url, its account and its region.", e);
        if (e is ReceiptHandleIsInvalidException or MessageNotInflightException)
            return new LeaseLostException($"{said}. The message is somebody else's now.", e);
        if (Throttled.Contains(code) || e.StatusCode is HttpStatusCode.TooManyRequests || e.Retryable?.Throttling == true)
            return new ServiceUnreachableException($"{said}. The service asks for patience.", e);
        if (WrongClock.Contains(code))
            return new AccessRefusedException($"{said}. Check the clock of this machine.", e);
        if (BadCredentials.Contains(code))
            return new AccessRefusedException($"{said}. Check the credentials of this machine, or its role.", e);
        if (Refused.Contains(code) || e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
            return new AccessRefusedException($"{said}. Allow it in the role's policy, the resource's and the key's.", e);
        if ((int)e.StatusCode >= 500)
            return new ServiceUnreachableException($"{said}. The service is in trouble.", e);
        // Without a status there was no answer at all.
        return e.StatusCode == 0 ? Unreachable(e.InnerException ?? e, doing) : new TryAgainException($"{said}.", e);
    }

    private static string Describe(AmazonServiceException e)
    {
        var status = string.IsNullOrEmpty(e.ErrorCode) ? $"HTTP {(int)e.StatusCode}" : SafeText.Escape(e.ErrorCode);
        var request = string.IsNullOrEmpty(e.RequestId) ? "" : $", request {SafeText.Escape(e.RequestId)}";
        return $"{SafeText.Escape(e.Message.TrimEnd('.', ' '))} ({status}{request})";
    }

    private static ServiceUnreachableException Unreachable(Exception cause, string doing) =>
        new($"{doing}: {SafeText.Escape(cause.Message)}. Check network, DNS and endpoint.", cause);

    private static bool IsAbout(Exception e, string word) =>
        e.Message.Contains(word, StringComparison.OrdinalIgnoreCase)
        && !e.Message.Contains("credential", StringComparison.OrdinalIgnoreCase);
}
