using Pikku.Akka.Cluster;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Which cluster a starting node joins, and when it forms a new one. The node under test is <c>a:1</c>, and it waits for 3 s.</summary>
public sealed class ClusterSearchSpec
{
    private const string Self = "a:1";

    [Fact]
    public void A_node_without_seeds_forms_a_cluster_at_once()
    {
        Assert.Same(ClusterChoice.Form, Search([]).Decide(0));
        Assert.Same(ClusterChoice.Form, Search([Self]).Decide(0));
        Assert.Same(ClusterChoice.Form, Search([Self], [Self]).Decide(0));
    }

    [Fact]
    public void The_first_seed_waits_for_the_other_seeds_before_it_forms_a_cluster()
    {
        var search = Search([Self, "b:1"]);
        Assert.Equal(["b:1"], search.Contacts);
        Assert.Same(ClusterChoice.Wait, search.Decide(2999));
        Assert.Null(search.Problem(2999, null));
        Assert.Same(ClusterChoice.Form, search.Decide(3000));
    }

    [Fact]
    public void The_first_seed_forms_a_cluster_as_soon_as_all_other_seeds_have_none()
    {
        var search = Search([Self, "b:1", "c:1"]);
        search.Answered("b:1", [], 100);
        Assert.Same(ClusterChoice.Wait, search.Decide(100));
        search.Answered("c:1", [], 200);
        Assert.Same(ClusterChoice.Form, search.Decide(200));
    }

    [Fact]
    public void A_cluster_that_answers_is_joined_whoever_answers()
    {
        var search = Search([Self, "b:1"], ["a:1", "c:1"]);
        search.Answered("b:1", [], 100);
        search.Answered("c:1", ["c:1", "d:1"], 100);
        Assert.Equal(["c:1"], search.Decide(100).Nodes);
        search.Answered("d:1", ["c:1", "d:1"], 200);
        Assert.Equal(["c:1", "d:1"], search.Decide(200).Nodes);
        Assert.False(search.Decide(200).FormsCluster);
    }

    [Fact]
    public void Of_two_clusters_the_larger_one_is_joined()
    {
        var search = Search(["b:1", "c:1"]);
        search.Answered("b:1", ["b:1"], 100);
        search.Answered("c:1", ["c:1", "d:1"], 100);
        Assert.Equal(["c:1"], search.Decide(100).Nodes);
    }

    [Fact]
    public void An_answer_that_is_older_than_the_wait_does_not_count()
    {
        var search = Search(["b:1", Self]);
        search.Answered("b:1", ["b:1"], 100);
        Assert.Equal(["b:1"], search.Decide(3100).Nodes);
        Assert.Same(ClusterChoice.Wait, search.Decide(3101));
    }

    [Fact]
    public void Only_the_first_seed_forms_a_cluster()
    {
        foreach (var search in new[] { Search(["b:1", Self]), Search(["b:1"]) })
        {
            search.Answered("b:1", [], 100);
            Assert.Same(ClusterChoice.Wait, search.Decide(60_000));
            Assert.Contains("b:1", search.Problem(60_000, null), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_member_that_sends_messages_by_itself_is_asked()
    {
        var search = Search([Self, "b:1"]);
        search.Heard("c:1", 0);
        search.Heard(Self, 0);
        Assert.Equal(["b:1", "c:1"], search.Contacts.Order());
    }

    [Fact]
    public void A_node_that_was_a_member_forms_no_cluster_while_the_others_do_not_answer_and_says_why()
    {
        var search = Search([], [Self, "b:1", "c:1"]);
        Assert.Same(ClusterChoice.Wait, search.Decide(600_000));
        Assert.Equal(
            "The node was a member of a cluster with b:1, c:1, and does not form a second one while these nodes do not answer: b:1, c:1. "
            + "Check the network and start these nodes. If they are gone for good, delete /state/members.txt and restart this node.",
            search.Problem(600_000, "/state/members.txt"));
    }

    [Fact]
    public void It_forms_a_cluster_when_a_majority_of_the_former_members_has_none()
    {
        var three = Search([], [Self, "b:1", "c:1"]);
        three.Answered("b:1", [], 600_000);
        Assert.Same(ClusterChoice.Form, three.Decide(600_000));

        var two = Search([], [Self, "b:1"]);
        Assert.Same(ClusterChoice.Wait, two.Decide(600_000));
        two.Answered("b:1", [], 600_000);
        Assert.Same(ClusterChoice.Form, two.Decide(600_000));

        var four = Search([], [Self, "b:1", "c:1", "d:1"]);
        four.Answered("b:1", [], 600_000);
        Assert.Same(ClusterChoice.Wait, four.Decide(600_000));
    }

    private static ClusterSearch Search(string[] seeds, string[]? remembered = null) => new(Self, seeds, remembered ?? [], TimeSpan.FromSeconds(3), 0);
}
