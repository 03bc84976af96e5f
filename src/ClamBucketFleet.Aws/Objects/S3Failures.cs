using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>What S3's errors mean for this program.</summary>
internal static class S3Failures
{
    /// <summary>Runs a step; what fails comes out as one of the program's own failures.</summary>
    /// <param name="doing">What was being done, on what, for people.</param>
    /// <param name="needs">The permissions it takes, named when they are refused.</param>
    /// <param name="step">The step.</param>
    /// <param name="cancellationToken">A cancellation that it asked for comes through unchanged.</param>
    public static async Task<T> GuardAsync<T>(
        string doing,
        string needs,
        Func<Task<T>> step,
        CancellationToken cancellationToken)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException || IsBrokenConnection(e))
        {
            throw Translate(e, doing, needs);
        }
    }

    /// <summary>The object or version is not there; a delete marker answers 405 where its version is named.</summary>
    public static bool IsGone(this AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.MethodNotAllowed
        || (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode is not ("NoSuchBucket" or "NoSuchUpload"));

    /// <summary>The object has another ETag than the one the request named.</summary>
    public static bool IsSuperseded(this AmazonS3Exception e) => e.StatusCode == HttpStatusCode.PreconditionFailed;

    /// <summary>The bucket does not exist.</summary>
    public static bool IsNoSuchBucket(this AmazonS3Exception e) => e.ErrorCode == "NoSuchBucket";

    /// <summary>Why the object cannot be read however often it is tried; null where the error is another one.</summary>
    public static UnscannableReason? Unreadable(this AmazonS3Exception e) => e switch
    {
        { ErrorCode: "InvalidObjectState" } => UnscannableReason.Archived,
        { ErrorCode: { } code } when code.StartsWith("KMS.", StringComparison.Ordinal) && !IsThrottling(code) =>
            UnscannableReason.NotReadable,
        { StatusCode: HttpStatusCode.Forbidden } when e.Message.Contains("kms:", StringComparison.OrdinalIgnoreCase) =>
            UnscannableReason.NotReadable,
        { StatusCode: HttpStatusCode.BadRequest, ErrorCode: "InvalidRequest" }
            when e.Message.Contains("Server Side Encryption", StringComparison.OrdinalIgnoreCase) =>
            UnscannableReason.NotReadable,
        _ => null,
    };

    /// <summary>The connection broke, or nothing came over it in time.</summary>
    public static bool IsBrokenConnection(Exception e) =>
        e is IOException or HttpRequestException or TimeoutException or OperationCanceledException;

    /// <summary>A later attempt may well succeed without anybody doing anything.</summary>
    public static bool IsPassing(Exception e) => e switch
    {
        AmazonServiceException s => s.StatusCode == 0
            || (int)s.StatusCode >= 500
            || s.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            || s.ErrorCode is "RequestTimeout" or "SlowDown"
            || (s.ErrorCode is { } code && IsThrottling(code)),
        AmazonClientException => true,
        _ => IsBrokenConnection(e),
    };

    /// <summary>The failure, named by what to do next.</summary>
    public static Exception Translate(Exception e, string doing, string needs) => e switch
    {
        AmazonS3Exception s3 when s3.IsNoSuchBucket() =>
            new NotFoundException($"{doing}: the bucket does not exist.", e),
        _ when IsPassing(e) => new ServiceUnreachableException($"{doing}: S3 does not answer as it should. {Said(e)}", e),
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } =>
            new AccessRefusedException($"{doing}: S3 refused it. It takes {needs}. {Said(e)}", e),
        AmazonServiceException { StatusCode: HttpStatusCode.Conflict } =>
            new TryAgainException($"{doing}: somebody else changes the object at this moment. {Said(e)}", e),
        _ => new TryAgainException($"{doing}: it failed. {Said(e)}", e),
    };

    private static bool IsThrottling(string code) => code.Contains("Throttl", StringComparison.Ordinal);

    private static string Said(Exception e) => e is AmazonServiceException { StatusCode: not 0 } s
        ? $"S3 said: {(int)s.StatusCode} {SafeText.Escape(s.ErrorCode ?? "")}: {SafeText.Escape(s.Message)}"
        : SafeText.Escape(e.Message);
}
