using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>What an instance is told of itself.</summary>
/// <param name="Id">Such as i-0123456789abcdef0.</param>
/// <param name="PublicKey">A line of authorized_keys: whose key opens the account admin.</param>
/// <param name="UserData">For cloud-init.</param>
internal sealed record Instance(string Id, string PublicKey, string UserData)
{
    public string HostName => $"ip-{Id[2..]}";

    /// <summary>Its metadata, as cloud-init asks for them.</summary>
    public InstanceMetadata Describe()
    {
        var metadata = new InstanceMetadata(Cloud.Region)
        {
            ["local-hostname"] = HostName,
            ["public-keys"] = "0=key",
            ["public-keys/0/openssh-key"] = PublicKey,
            UserData = UserData,
        };
        metadata.SetInstanceId(Id);
        return metadata;
    }
}
