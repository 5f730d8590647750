using Depth2Img.Compute.Measurement;

namespace Depth2Img.Compute.Tests.Measurement;

public class RoundProtocolTests
{
    [Fact]
    public void A_round_is_peak_ours_peer_ours_peak()
    {
        List<string> order = [];
        double Note(string name)
        {
            order.Add(name);
            return 1;
        }
        new RoundProtocol(new RoundOptions { Rounds = 1 }, new FakeClock()).Measure(() => Note("peak"), () => Note("ours"), () => Note("peer"));
        Assert.Equal(["peak", "ours", "peer", "ours", "peak"], order);
    }

    [Fact]
    public void Rounds_whose_peaks_differ_by_more_than_a_twentieth_are_dropped_and_counted()
    {
        // The second round is disturbed: 100 before, 94 after. The third is just within the limit.
        Queue<double> peaks = new([100, 100, 100, 94, 100, 95]);
        Queue<double> times = new([2, 2, 50, 50, 4, 4]);
        RoundResult result = new RoundProtocol(new RoundOptions { Rounds = 2 }, new FakeClock()).Measure(peaks.Dequeue, times.Dequeue);
        Assert.Equal((2, 1, false), (result.Rounds, result.Dropped, result.TooNoisy));
        Assert.Equal(3, result.Seconds);
        Assert.Equal(2, result.BestSeconds);
    }

    [Fact]
    public void Thirty_disturbed_tries_are_too_noisy()
    {
        int peaks = 0, runs = 0;
        RoundResult result = new RoundProtocol(new RoundOptions(), new FakeClock()).Measure(
            () => ++peaks % 2 == 0 ? 100 : 80,
            () =>
            {
                runs++;
                return 1;
            });
        Assert.True(result.TooNoisy);
        Assert.Equal((60, 30, 30), (runs, result.Dropped, result.Rounds));
    }

    [Fact]
    public void Figures_are_medians_of_rounds_and_ratios_are_taken_within_a_round()
    {
        // The clock halves from round to round, and times double with it: fractions and ratios stay.
        Queue<double> peaks = new([400, 400, 200, 200, 100, 100]);
        Queue<double> ours = new([1, 1, 2, 2, 4, 4]);
        Queue<double> peers = new([3, 6, 12]);
        RoundResult result = new RoundProtocol(new RoundOptions { Rounds = 3 }, new FakeClock()).Measure(peaks.Dequeue, ours.Dequeue, peers.Dequeue);
        Assert.Equal(2, result.Seconds);
        Assert.Equal(200, result.PeakGmacs);
        Assert.Equal(400, result.GmacsAtPeak);
        Assert.Equal(6, result.PeerSeconds);
        Assert.Equal(3, result.PeerRatio);
    }

    [Fact]
    public void No_round_begins_after_the_limit_and_the_result_says_how_many_there_were()
    {
        FakeClock clock = new();
        RoundResult result = new RoundProtocol(new RoundOptions { Limit = TimeSpan.FromSeconds(10) }, clock).Measure(() => 100, () =>
        {
            clock.Advance(2);
            return 2;
        });
        Assert.Equal((3, 0, false), (result.Rounds, result.Dropped, result.TooNoisy));
    }

    [Theory]
    [InlineData(new double[] { 5 }, 5)]
    [InlineData(new double[] { 9, 1, 5 }, 5)]
    [InlineData(new double[] { 4, 1, 9, 2 }, 3)]
    public void The_median_is_the_middle(double[] values, double median) => Assert.Equal(median, RoundProtocol.Median(values));

    private sealed class FakeClock : TimeProvider
    {
        private double _seconds;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(_seconds * TimestampFrequency);

        public void Advance(double seconds) => _seconds += seconds;
    }
}
