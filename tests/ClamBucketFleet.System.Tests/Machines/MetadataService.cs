using System.Net;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>An instance's metadata at the address that it has on EC2.</summary>
internal static class MetadataService
{
    public const string Address = "169.254.169.254";

    public static HttpServer Start(Network network, InstanceMetadata metadata)
    {
        return new HttpServer(network, new IPEndPoint(IPAddress.Parse(Address), 80), Answer);

        HttpAnswer Answer(HttpCall call)
        {
            var (status, body) = metadata.Answer(call.Method, call.Path, name => call.Headers.GetValueOrDefault(name));
            // The SDK takes the life of its token from here.
            const string Life = $"{InstanceMetadata.TokenHeader}-ttl-seconds";
            return status != HttpStatusCode.OK ? HttpAnswer.Only(status)
                : call.Headers.TryGetValue(Life, out var life) ? HttpAnswer.Text(body, (Life, life))
                : HttpAnswer.Text(body);
        }
    }
}
