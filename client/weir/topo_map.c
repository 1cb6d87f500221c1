/* topo_map.c - weir topo map: a picture of a topology, as text or for Graphviz. */
#include "topo.h"

#include <stdlib.h>

/* What drawing the tree needs at every broker. */
struct drawing {
    const struct weir_topology_broker *brokers;
    const struct weir_topology_link *links;
    size_t broker_count, link_count;
};

/* A broker on the way from the root to the one being drawn. */
struct step {
    uint32_t broker;
    size_t next_link; /* to look at */
    uint32_t left;    /* tree links below it that are not drawn yet */
};

static int run(struct cmd_args *args);
static int draw_text(const struct cmd_args *args, const struct weir_topology *topology);
static void draw_tree(const struct drawing *d, struct step *steps);
static void draw_branch(const struct drawing *d, const struct step *steps, size_t depth,
                        const struct weir_topology_link *link, uint32_t broker);
static void draw_place(const struct weir_topology_broker *broker);
static uint32_t degree(const struct drawing *d, uint32_t broker);
static void draw_dot(const struct weir_topology *topology);
static void print_quoted(struct weir_str s);

static const struct cmd_option options[] = {
    {'o', "output", "FORMAT", "text (a tree, the default) or dot (for Graphviz)"},
    CMD_OPTION_END,
};

const struct command command_topo_map = {
    .group = "topo",
    .name = "map",
    .summary = "draw a topology",
    .usage = "[-o text|dot] FILE",
    .options = options,
    .details = "As text, the spanning tree from its best linked broker, then the links that are\n"
               "left unused. For Graphviz, all links, unused ones dashed, with coordinates that\n"
               "'neato -n' draws as a map.\n",
    .example = "weir topo map topologies/stock-feed.json\n"
               "weir topo map -o dot topologies/abilene.json | neato -n -Tsvg > abilene.svg\n",
    .exits = "0  done\n2  wrong arguments\n7  the topology has problems\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    int id, format = 0;
    while ((id = cmd_args_next(args)) != 0) {
        if (id < 0 || !cmd_args_choice(args, "text dot", &format))
            return args->status;
    }
    struct weir_topology *topology;
    int status = topo_load(&topology, args, stderr);
    if (status != CMD_OK)
        return status;
    if (format == 0)
        status = draw_text(args, topology);
    else
        draw_dot(topology);
    weir_topology_destroy(topology);
    return status;
}

static int draw_text(const struct cmd_args *args, const struct weir_topology *topology)
{
    struct drawing d;
    d.brokers = weir_topology_brokers(topology, &d.broker_count);
    d.links = weir_topology_links(topology, &d.link_count);
    struct step *steps = malloc(d.broker_count * sizeof *steps);
    if (!steps) {
        cmd_error(args->command, "%s", weir_err_text(WEIR_ENOMEM));
        return CMD_FAILED;
    }
    draw_tree(&d, steps);
    free(steps);
    if (d.link_count >= d.broker_count)
        printf("\n");
    topo_print_unused(stdout, "", topology);
    return CMD_OK;
}

/* Depth first, links in the order of the file, with the way from the root as the stack. */
static void draw_tree(const struct drawing *d, struct step *steps)
{
    uint32_t root = 0;
    for (uint32_t i = 1; i < d->broker_count; i++)
        if (degree(d, i) > degree(d, root))
            root = i;
    printf("%s", d->brokers[root].name.ptr);
    draw_place(&d->brokers[root]);
    size_t depth = 0;
    steps[0] = (struct step){root, 0, degree(d, root)};
    for (;;) {
        struct step *top = &steps[depth];
        if (top->left == 0) {
            if (depth-- == 0)
                return;
            continue;
        }
        const struct weir_topology_link *link = &d->links[top->next_link++];
        bool starts = link->ends[0] == top->broker, ends = link->ends[1] == top->broker;
        uint32_t other = starts ? link->ends[1] : link->ends[0];
        if (!link->in_tree || !(starts || ends) || (depth > 0 && other == steps[depth - 1].broker))
            continue;
        top->left--;
        draw_branch(d, steps, depth, link, other);
        steps[++depth] = (struct step){other, 0, degree(d, other) - 1};
    }
}

static void draw_branch(const struct drawing *d, const struct step *steps, size_t depth,
                        const struct weir_topology_link *link, uint32_t broker)
{
    for (size_t i = 0; i < depth; i++)
        printf("%s", steps[i].left > 0 ? "│  " : "   ");
    printf("%s ", steps[depth].left > 0 ? "├─" : "└─");
    if (link->delay_ms >= 0)
        printf("%g ms ─ ", link->delay_ms);
    printf("%s", d->brokers[broker].name.ptr);
    draw_place(&d->brokers[broker]);
}

static void draw_place(const struct weir_topology_broker *broker)
{
    const char *blank = "  (";
    if (broker->city.len > 0)
        printf("%s%s", blank, broker->city.ptr), blank = ", ";
    if (broker->site.len > 0)
        printf("%s%s", blank, broker->site.ptr), blank = ", ";
    printf("%s\n", blank[0] == ',' ? ")" : "");
}

/* Tree links at a broker. */
static uint32_t degree(const struct drawing *d, uint32_t broker)
{
    uint32_t count = 0;
    for (size_t i = 0; i < d->link_count; i++)
        count +=
            d->links[i].in_tree && (d->links[i].ends[0] == broker || d->links[i].ends[1] == broker);
    return count;
}

static void draw_dot(const struct weir_topology *topology)
{
    size_t broker_count, link_count;
    const struct weir_topology_broker *brokers = weir_topology_brokers(topology, &broker_count);
    const struct weir_topology_link *links = weir_topology_links(topology, &link_count);
    printf("graph ");
    print_quoted(weir_topology_name(topology));
    printf(" {\n  node [shape=box];\n");
    for (size_t i = 0; i < broker_count; i++) {
        printf("  ");
        print_quoted(brokers[i].name);
        /* Points per degree that keep a continent on a sheet of paper. */
        if (brokers[i].located)
            printf(" [pos=\"%.1f,%.1f\"]", brokers[i].longitude * 16, brokers[i].latitude * 20);
        printf(";\n");
    }
    for (size_t i = 0; i < link_count; i++) {
        printf("  ");
        print_quoted(brokers[links[i].ends[0]].name);
        printf(" -- ");
        print_quoted(brokers[links[i].ends[1]].name);
        printf(" [");
        if (links[i].delay_ms >= 0)
            printf("label=\"%g ms\"%s", links[i].delay_ms, links[i].in_tree ? "" : ", ");
        printf("%s];\n", links[i].in_tree ? "" : "style=dashed");
    }
    printf("}\n");
}

static void print_quoted(struct weir_str s)
{
    putchar('"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            putchar('\\');
        putchar(s.ptr[i]);
    }
    putchar('"');
}
