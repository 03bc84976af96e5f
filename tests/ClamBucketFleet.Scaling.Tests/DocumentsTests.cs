using System.Xml.Linq;
using ClamBucketFleet.Scaling.Reports;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests;

public sealed class DocumentsTests(FleetsFixture fixture)
{
    [Fact(Timeout = 300_000)]
    public async Task The_page_and_its_plots_are_those_of_the_template_as_it_is()
    {
        var documents = Documents.Make(fixture.Fleets, [.. Traces.All.Select(fixture.Play)]);
        var token = TestContext.Current.CancellationToken;
        (await File.ReadAllTextAsync(Documents.PagePath, token)).ShouldBe(documents.Page, "run: make scaling");
        foreach (var (name, plot) in documents.Plots)
            (await File.ReadAllTextAsync(Path.Combine(Documents.PlotsPath, name), token)).ShouldBe(plot, $"{name}: run: make scaling");
        Directory.EnumerateFiles(Documents.PlotsPath).Select(Path.GetFileName).ShouldBe(documents.Plots.Keys, ignoreOrder: true);
    }

    [Fact]
    public void A_plot_is_well_formed_and_names_what_it_shows()
    {
        var plot = XDocument.Parse(Plot.Draw(fixture.Play(Traces.SpotLoss), new Assumptions()));
        var texts = plot.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToList();
        texts.ShouldContain(Traces.SpotLoss.Title);
        texts.ShouldContain("instances");
        texts.ShouldContain("messages not yet deleted");
        texts.ShouldContain("Spot notice");
        texts.ShouldContain("1M");
    }

    [Theory]
    [InlineData(0, new[] { 0.0, 1 })]
    [InlineData(20, new[] { 0.0, 5, 10, 15, 20 })]
    [InlineData(21_000, new[] { 0.0, 10_000, 20_000, 30_000 })]
    public void An_axis_has_round_marks(double most, double[] marks) => Axis.UpTo(most).Marks.ShouldBe(marks);

    [Fact]
    public void A_bill_is_the_sum_of_what_was_used()
    {
        var result = fixture.Play(Traces.Burst);
        var prices = Prices.Read();
        var bill = Bill.Of(result, prices);
        var dearest = result.Stack.Group.InstanceTypes.Max(type => prices.OnDemandHour[type]);
        bill.Instances.ShouldBe(result.InstanceHours * dearest, 0.001);
        bill.Objects.ShouldBe(0.4, 0.001);
        bill.Total.ShouldBeGreaterThan(bill.Instances + bill.Objects);
        Bill.Of(fixture.Play(Traces.SpotLoss), prices).Instances.ShouldBeLessThan(bill.Instances / 2);
    }
}
