#nullable enable
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace StandIns;

/// <summary>Where a service that has one endpoint a region answers.</summary>
internal sealed class RegionalEndpointProvider(string hostPrefix) : IEndpointProvider
{
    public static EndpointParameters Parameters(IClientConfig config, RegionEndpoint? alternate)
    {
        var parameters = new EndpointParameters();
        parameters["Endpoint"] = config.ServiceURL;
        parameters["Region"] = (alternate ?? config.RegionEndpoint)?.SystemName;
        parameters["UseFIPS"] = config.UseFIPSEndpoint;
        parameters["UseDualStack"] = config.UseDualstackEndpoint;
        return parameters;
    }

    /// <exception cref="AmazonClientException">There is neither an endpoint nor a region.</exception>
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters["Endpoint"] is string { Length: > 0 } configured)
            return new Endpoint(configured);
        if (parameters["Region"] is not string { Length: > 0 } name)
            throw new AmazonClientException($"No region for {hostPrefix}: set AWS_REGION or the client's RegionEndpoint");

        var region = RegionEndpoint.GetBySystemName(name);
        // GovCloud's ordinary endpoints are its FIPS endpoints.
        var fips = parameters["UseFIPS"] is true && region.PartitionName != "aws-us-gov" ? "-fips" : "";
        var suffix = parameters["UseDualStack"] is true ? DualStackSuffix(region) : region.PartitionDnsSuffix;
        return new Endpoint($"https://{hostPrefix}{fips}.{name}.{suffix}");
    }

    private static string DualStackSuffix(RegionEndpoint region) =>
        region.PartitionName == "aws-cn" ? "api.amazonwebservices.com.cn" : "api.aws";
}
