using System.Text.RegularExpressions;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>The templates as files, before anything reads them: moto keeps neither update nor deletion policies to be asked about.</summary>
public sealed class TemplateTests
{
    /// <summary>
    /// Bytes of --template-body; a larger template has to be in a bucket first.
    /// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    /// </summary>
    private const int BodyLimit = 51_200;

    [Theory]
    [InlineData("clam-bucket-fleet.yaml")]
    [InlineData("bucket-owner.yaml")]
    public void A_template_fits_into_the_body_of_a_request(string template)
        => File.ReadAllBytes(Repository.Combine("cloudformation", template)).Length.ShouldBeInRange(1, BodyLimit);

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    [Fact]
    public void The_group_refreshes_its_instances_by_preferences_that_CloudFormation_knows()
    {
        string[] known =
        [
            "MinHealthyPercentage", "MaxHealthyPercentage", "InstanceWarmup", "SkipMatching", "CheckpointPercentages", "CheckpointDelay",
            "BakeTime", "AlarmSpecification", "ScaleInProtectedInstances", "StandbyInstances",
        ];

        var policies = (YamlMappingNode)TemplateFile.Resource("Group")["UpdatePolicy"];

        policies.Children.Keys.Select(key => key.ToString()).ShouldBe(["AutoScalingInstanceRefresh"]);
        var refresh = (YamlMappingNode)policies["AutoScalingInstanceRefresh"];
        refresh.Children.Keys.Select(key => key.ToString()).ShouldBe(["Strategy", "Preferences"], ignoreOrder: true);
        refresh["Strategy"].ToString().ShouldBe("Rolling");
        var preferences = (YamlMappingNode)refresh["Preferences"];
        preferences.Children.Keys.Select(key => key.ToString()).ShouldBeSubsetOf(known);
        TemplateFile.Number(preferences["MinHealthyPercentage"]).ShouldBeInRange(0, 100);
        TemplateFile.Number(preferences["MaxHealthyPercentage"]).ShouldBeInRange(100, 200);
    }

    [Fact]
    public void The_stack_waits_for_one_instance_of_the_group_for_longer_than_an_instance_tries()
    {
        // The daemon's own limit: 12 minutes after its boot it says that it is not ready.
        const int LongestStartSeconds = 720;

        var signal = TemplateFile.Resource("BootSignal");

        signal["DependsOn"].ToString().ShouldBe("Group");
        TemplateFile.Number(signal["Properties"]["Count"]).ShouldBe(1);
        TemplateFile.Number(signal["Properties"]["Timeout"]).ShouldBeGreaterThan(LongestStartSeconds);
    }

    [Fact]
    public void A_disk_is_no_smaller_than_the_image_on_it()
    {
        var variables = File.ReadAllText(Repository.Combine("packer", "variables.pkr.hcl"));
        var size = Regex.Match(variables, """variable "volume_size" \{[^}]*?default\s*=\s*(\d+)""");

        size.Success.ShouldBeTrue();
        TemplateFile.Limit("VolumeSize", "MinValue")
            .ShouldBeGreaterThanOrEqualTo(int.Parse(size.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    // A bucket that stays without its policy would be open to the account.
    [Theory]
    [InlineData("QuarantineBucket")]
    [InlineData("DefinitionsBucket")]
    public void A_bucket_that_stays_keeps_its_policy(string bucket)
    {
        foreach (var resource in (YamlMappingNode[])[TemplateFile.Resource(bucket), TemplateFile.Resource($"{bucket}Policy")])
        {
            resource["DeletionPolicy"].ToString().ShouldBe("RetainExceptOnCreate");
            resource["UpdateReplacePolicy"].ToString().ShouldBe("Retain");
        }
    }
}
