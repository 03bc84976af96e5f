using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace ClamBucketFleet.Aws;

/// <summary>
/// The SDK's client, except that a key's leading slash stays. Where the bucket stands in the path, the SDK signs
/// <c>/bucket//key</c> and sends <c>/bucket/key</c>: refused by a service that verifies signatures, and another object
/// to one that does not.
/// </summary>
public sealed class S3Client : AmazonS3Client
{
    /// <summary>A client with credentials of the SDK's own chain.</summary>
    public S3Client(AmazonS3Config config)
        : base(config)
    {
    }

    /// <summary>A client with these credentials.</summary>
    public S3Client(AWSCredentials credentials, AmazonS3Config config)
        : base(credentials, config)
    {
    }

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.AddHandlerAfter<Signer>(new LeadingSlash());
    }

    // After the signer, which is right: with a slash at its end, the endpoint takes none away from the key.
    private sealed class LeadingSlash : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var request = executionContext.RequestContext.Request;
            var endpoint = request.Endpoint;
            var strips = endpoint.AbsolutePath is { Length: > 1 } path
                && !path.EndsWith('/')
                && request.PathResources.TryGetValue("{Key+}", out var key)
                && key.StartsWith('/');
            if (!strips)
                return await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);

            request.Endpoint = new Uri(endpoint.AbsoluteUri + "/");
            try
            {
                return await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);
            }
            finally
            {
                // A repetition signs again.
                request.Endpoint = endpoint;
            }
        }
    }
}
