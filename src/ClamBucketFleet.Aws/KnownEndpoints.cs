using System.Collections.Concurrent;
using Amazon.Runtime.Endpoints;
using Amazon.S3.Endpoints;

namespace ClamBucketFleet.Aws;

/// <summary>
/// The endpoints that the SDK's rules gave, by everything that the rules look at: following them takes longer than
/// signing does, twice for each request, and always leads to the same. Each request gets an endpoint of its own, to which
/// the SDK adds a slash where a bucket is meant and no object.
/// </summary>
/// <param name="rules">The SDK's.</param>
internal sealed class KnownEndpoints(IEndpointProvider rules) : IEndpointProvider
{
    /// <summary>How many are remembered; beyond, all are forgotten.</summary>
    public const int Most = 1000;

    private readonly ConcurrentDictionary<Question, Endpoint> _known = [];

    /// <inheritdoc/>
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters is not S3EndpointParameters asked)
            return rules.ResolveEndpoint(parameters);
        var question = new Question(
            asked.Bucket, asked.Region, asked.Endpoint, asked.UseFIPS, asked.UseDualStack, asked.ForcePathStyle, asked.Accelerate,
            asked.UseGlobalEndpoint, asked.UseObjectLambdaEndpoint, asked.DisableAccessPoints, asked.DisableMultiRegionAccessPoints,
            asked.UseArnRegion, asked.UseS3ExpressControlEndpoint, asked.DisableS3ExpressSessionAuth);
        if (!_known.TryGetValue(question, out var known))
        {
            if (_known.Count >= Most)
                _known.Clear();
            _known[question] = known = rules.ResolveEndpoint(parameters);
        }

        return new Endpoint(known.URL) { Attributes = known.Attributes, Headers = known.Headers };
    }

    // All but Key, Prefix and CopySource, which the rules take and do not look at.
    private readonly record struct Question(
        string? Bucket,
        string? Region,
        string? Endpoint,
        bool? UseFips,
        bool? UseDualStack,
        bool? ForcePathStyle,
        bool? Accelerate,
        bool? UseGlobalEndpoint,
        bool? UseObjectLambdaEndpoint,
        bool? DisableAccessPoints,
        bool? DisableMultiRegionAccessPoints,
        bool? UseArnRegion,
        bool? UseS3ExpressControlEndpoint,
        bool? DisableS3ExpressSessionAuth);
}
