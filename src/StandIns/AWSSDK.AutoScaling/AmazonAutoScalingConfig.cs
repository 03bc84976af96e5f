using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Util.Internal;
using StandIns;

namespace Amazon.AutoScaling;

/// <summary>Settings of an <see cref="AmazonAutoScalingClient"/>.</summary>
public partial class AmazonAutoScalingConfig : ClientConfig
{
    private static readonly string UserAgentText = InternalSDKUtils.BuildUserAgentString("Auto Scaling", "4.0.101");

    public AmazonAutoScalingConfig()
        : base(DefaultModes.NewProvider())
    {
        base.ServiceId = ServiceId;
        AuthenticationServiceName = "autoscaling";
        EndpointProvider = new RegionalEndpointProvider("autoscaling");
    }

    public static new string ServiceId => "Auto Scaling";

    public override string RegionEndpointServiceName => "autoscaling";

    public override string ServiceVersion => "2011-01-01";

    public override string UserAgent => UserAgentText;

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(RegionalEndpointProvider.Parameters(this, parameters.AlternateEndpoint));
}
