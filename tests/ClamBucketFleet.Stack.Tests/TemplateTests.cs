using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>The templates as files, before anything reads them.</summary>
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
}
