using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace ClamBucketFleet.Aws;

/// <summary>The time by the service's clock, which all instances share, unlike their own. Whole seconds.</summary>
internal static class ServiceClock
{
    public const string Header = "Date";

    /// <summary>When the service answered; null where it did not say. Needs an <see cref="S3Client"/>.</summary>
    public static DateTimeOffset? In(AmazonWebServiceResponse response) =>
        response.ResponseMetadata?.Metadata.TryGetValue(Header, out var date) == true ? Parse(date) : null;

    /// <inheritdoc cref="In(AmazonWebServiceResponse)"/>
    public static DateTimeOffset? In(AmazonServiceException refusal) =>
        refusal.InnerException is HttpErrorResponseException { Response: { } response }
            ? Parse(response.GetHeaderValue(Header))
            : null;

    private static DateTimeOffset? Parse(string? date) =>
        DateTimeOffset.TryParseExact(date, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;
}
