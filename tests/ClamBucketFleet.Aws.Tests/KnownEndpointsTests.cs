using System.Reflection;
using Amazon.Runtime.Endpoints;
using Amazon.S3.Endpoints;
using Amazon.S3.Internal;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests;

public sealed class KnownEndpointsTests
{
    private readonly CountingRules _rules = new();
    private readonly KnownEndpoints _known;

    public KnownEndpointsTests() => _known = new KnownEndpoints(_rules);

    [Theory]
    [InlineData("uploads")]
    [InlineData("Not.For.A.Host")]
    [InlineData("arn:aws:s3:eu-west-1:123456789012:accesspoint/uploads")]
    public void The_rules_are_followed_once(string bucket)
    {
        var expected = new AmazonS3EndpointProvider().ResolveEndpoint(Asked(bucket)).URL;
        for (var i = 0; i < 3; i++)
            _known.ResolveEndpoint(Asked(bucket)).URL.ShouldBe(expected);

        _rules.Asked.ShouldBe(1);
    }

    [Fact]
    public void What_one_request_makes_of_its_endpoint_is_not_the_next_one_s()
    {
        var first = _known.ResolveEndpoint(Asked("uploads"));
        var (url, attributes) = (first.URL, first.Attributes);
        attributes.ShouldNotBeNull();

        first.URL += "/";
        (first.Attributes, first.Headers) = (null, new Dictionary<string, IList<string>>());

        var next = _known.ResolveEndpoint(Asked("uploads"));
        (next.URL, next.Attributes, next.Headers).ShouldBe((url, attributes, null));
    }

    [Fact]
    public void Whatever_they_look_at_leads_to_another_question()
    {
        var isLookedAt = typeof(S3EndpointParameters)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(parameter => parameter.Name is not ("Key" or "Prefix" or "CopySource"))
            .ToArray();
        isLookedAt.Length.ShouldBeGreaterThan(10);
        _known.ResolveEndpoint(Asked("uploads"));

        for (var i = 0; i < isLookedAt.Length; i++)
        {
            var other = Asked("uploads");
            var value = isLookedAt[i].GetValue(other);
            isLookedAt[i].SetValue(other, isLookedAt[i].PropertyType == typeof(string) ? $"{value}x" : (object)(value is not true));
            Ask(other);
            _rules.Asked.ShouldBe(2 + i, isLookedAt[i].Name);
        }
    }

    [Fact]
    public void Not_more_are_remembered_than_there_is_room_for()
    {
        for (var i = 0; i <= KnownEndpoints.Most; i++)
            _known.ResolveEndpoint(Asked($"bucket-{i}"));
        _known.ResolveEndpoint(Asked($"bucket-{KnownEndpoints.Most}"));
        _rules.Asked.ShouldBe(KnownEndpoints.Most + 1);

        _known.ResolveEndpoint(Asked("bucket-0"));
        _rules.Asked.ShouldBe(KnownEndpoints.Most + 2);
    }

    // Some combinations have no endpoint: these are asked about again, each time.
    private void Ask(S3EndpointParameters parameters)
    {
        try
        {
            _known.ResolveEndpoint(parameters);
        }
        catch (Amazon.Runtime.AmazonClientException)
        {
            // The rules say no; that they were asked is what counts.
        }
    }

    private static S3EndpointParameters Asked(string bucket) => new()
    {
        Bucket = bucket,
        Region = "eu-west-1",
        UseFIPS = false,
        UseDualStack = false,
        ForcePathStyle = false,
        Accelerate = false,
        UseGlobalEndpoint = false,
        DisableMultiRegionAccessPoints = false,
        UseArnRegion = true,
    };

    private sealed class CountingRules : IEndpointProvider
    {
        private readonly AmazonS3EndpointProvider _rules = new();

        public int Asked { get; private set; }

        public Endpoint ResolveEndpoint(EndpointParameters parameters)
        {
            Asked++;
            return _rules.ResolveEndpoint(parameters);
        }
    }
}
