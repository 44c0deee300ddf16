import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { session } from './api/session.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
void session.start();
export default mount(App, { target });
