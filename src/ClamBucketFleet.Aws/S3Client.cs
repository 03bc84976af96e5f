using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws;

/// <summary>
/// The SDK's client, with four differences.
/// <para>A GET from the first byte on asks for the checksum that S3 keeps of the whole. The SDK can ask as well, but then
/// compares by itself, throws when the body is closed, and knows half of the algorithms.</para>
/// <para>A key's leading slash stays. Where the bucket stands in the path, the SDK signs
/// <c>/bucket//key</c> and sends <c>/bucket/key</c>: refused by a service that verifies signatures, and another object
/// to one that does not.</para>
/// <para>A bucket's endpoint is found once, see <see cref="KnownEndpoints"/>.</para>
/// <para>An answer's metadata tell the service's own time, see <see cref="ServiceClock"/>.</para>
/// </summary>
public sealed class S3Client : AmazonS3Client
{
    /// <summary>A client with credentials of the SDK's own chain.</summary>
    public S3Client(AmazonS3Config config)
        : base(Remembering(config))
    {
    }

    /// <summary>A client with these credentials.</summary>
    public S3Client(AWSCredentials credentials, AmazonS3Config config)
        : base(credentials, Remembering(config))
    {
    }

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.AddHandlerAfter<Marshaller>(new AskForChecksum());
        pipeline.AddHandlerAfter<Marshaller>(new KeepTime());
        pipeline.AddHandlerAfter<Signer>(new LeadingSlash());
    }

    private static AmazonS3Config Remembering(AmazonS3Config config)
    {
        if (config.EndpointProvider is not KnownEndpoints)
            config.EndpointProvider = new KnownEndpoints(config.EndpointProvider);
        return config;
    }

    private sealed class AskForChecksum : PipelineHandler
    {
        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            if (executionContext.RequestContext.OriginalRequest is GetObjectRequest { ByteRange.Start: 0 })
                executionContext.RequestContext.Request.Headers["x-amz-checksum-mode"] = "ENABLED";
            return base.InvokeAsync<T>(executionContext);
        }
    }

    private sealed class KeepTime : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var response = await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);
            if (executionContext.ResponseContext.HttpResponse?.GetHeaderValue(ServiceClock.Header) is { Length: > 0 } date)
                response.ResponseMetadata.Metadata[ServiceClock.Header] = date;
            return response;
        }
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
