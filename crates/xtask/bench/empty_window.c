/* The least a WebKitGTK window can be: what the app's start and memory are compared with.
   Prints one line when its page has been painted; the page tells so by its title. */
#include <gtk/gtk.h>
#include <stdio.h>
#include <webkit2/webkit2.h>

static void titled(WebKitWebView *view, GParamSpec *spec, gpointer data) {
    const char *title = webkit_web_view_get_title(view);
    if (title && g_str_equal(title, "painted")) {
        puts("empty: usable");
        fflush(stdout);
    }
}

int main(int argc, char **argv) {
    gtk_init(&argc, &argv);
    GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    GtkWidget *view = webkit_web_view_new();
    gtk_window_set_default_size(GTK_WINDOW(window), 1240, 760);
    gtk_container_add(GTK_CONTAINER(window), view);
    g_signal_connect(view, "notify::title", G_CALLBACK(titled), NULL);
    g_signal_connect(window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
    webkit_web_view_load_html(WEBKIT_WEB_VIEW(view),
        "<!doctype html><p>Empty<script>"
        "requestAnimationFrame(() => setTimeout(() => { document.title = 'painted' }))</script>",
        "about:blank");
    gtk_widget_show_all(window);
    gtk_main();
    return 0;
}
