#nullable enable
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace StandIns;

/// <summary>The SDK's default modes (AWS_DEFAULTS_MODE): retries and timeouts.</summary>
internal static class DefaultModes
{
    // A provider each: it remembers what it resolved.
    public static DefaultConfigurationProvider NewProvider() => new(
    [
        Mode(DefaultConfigurationMode.Standard, TimeSpan.FromMilliseconds(3100)),
        Mode(DefaultConfigurationMode.InRegion, TimeSpan.FromMilliseconds(1100)),
        Mode(DefaultConfigurationMode.CrossRegion, TimeSpan.FromMilliseconds(3100)),
        Mode(DefaultConfigurationMode.Mobile, TimeSpan.FromSeconds(30)),
    ]);

    private static DefaultConfiguration Mode(DefaultConfigurationMode name, TimeSpan connect) => new()
    {
        Name = name,
        RetryMode = RequestRetryMode.Standard,
        S3UsEast1RegionalEndpoint = S3UsEast1RegionalEndpointValue.Regional,
        ConnectTimeout = connect,
        TlsNegotiationTimeout = connect,
        TimeToFirstByteTimeout = null,
        HttpRequestTimeout = null,
    };
}
