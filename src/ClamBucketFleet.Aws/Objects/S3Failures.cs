using System.Net;
using Amazon.Runtime.Internal;
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
        catch (Exception e) when (Translate(e, doing, needs) is var failure && failure != e)
        {
            throw failure;
        }
    }

    /// <summary>The object or version is not there; a delete marker answers 405 where its version is named.</summary>
    public static bool IsGone(this AmazonS3Exception e) =>
        (e.StatusCode == HttpStatusCode.MethodNotAllowed && e.IsDeleteMarker())
        || (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode is not ("NoSuchBucket" or "NoSuchUpload"));

    /// <summary>Whether what answers is a delete marker.</summary>
    public static bool IsDeleteMarker(this AmazonS3Exception e) =>
        e.InnerException is HttpErrorResponseException { Response: { } response }
        && response.GetHeaderValue("x-amz-delete-marker") == "true";

    /// <summary>The object has another ETag than the one the request named.</summary>
    public static bool IsSuperseded(this AmazonS3Exception e) => e.StatusCode == HttpStatusCode.PreconditionFailed;

    /// <summary>The bucket does not exist.</summary>
    public static bool IsNoSuchBucket(this AmazonS3Exception e) => e.ErrorCode == "NoSuchBucket";

    /// <summary>Why the object cannot be read however often it is tried; null where the error is another one.</summary>
    public static UnscannableReason? Unreadable(this AmazonS3Exception e) => e switch
    {
        { ErrorCode: "InvalidObjectState" } => UnscannableReason.Archived,
        { ErrorCode: { } code } when code.StartsWith("KMS.", StringComparison.Ordinal) && !IsPassing(e) =>
            UnscannableReason.NotReadable,
        { StatusCode: HttpStatusCode.Forbidden } when e.Message.Contains("kms:", StringComparison.OrdinalIgnoreCase) =>
            UnscannableReason.NotReadable,
        { StatusCode: HttpStatusCode.BadRequest, ErrorCode: "InvalidRequest" }
            when e.Message.Contains("Server Side Encryption", StringComparison.OrdinalIgnoreCase) =>
            UnscannableReason.NotReadable,
        _ => null,
    };

    /// <summary>A later attempt may well succeed without anybody doing anything.</summary>
    public static bool IsPassing(Exception e) => Translate(e, "", "") is ServiceUnreachableException;

    /// <summary>
    /// The failure, named by what to do next: what is S3's own, and the rest as <see cref="AwsFailures"/> has it. A
    /// cancellation is taken for a time limit: the caller has seen to his own.
    /// </summary>
    public static Exception Translate(Exception e, string doing, string needs) => e switch
    {
        AmazonS3Exception s3 when s3.IsNoSuchBucket() =>
            new NotFoundException($"{doing}: the bucket does not exist.", e),
        AmazonS3Exception { ErrorCode: "RequestTimeout" } or OperationCanceledException =>
            new ServiceUnreachableException($"{doing}: nothing came over the connection in time.", e),
        AmazonS3Exception { StatusCode: HttpStatusCode.Conflict } =>
            new TryAgainException($"{doing}: somebody else changes the object at this moment.", e),
        AmazonS3Exception { ErrorCode: "AccessDenied" or "Forbidden" } =>
            new AccessRefusedException($"{AwsFailures.Translate(e, doing).Message} It takes {needs}.", e),
        _ => AwsFailures.Translate(e, doing),
    };
}
